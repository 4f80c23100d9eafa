package ai.signal.tiny;

import ai.signal.model.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Seeded choices: the same seed gives the same text and weights on every JVM. */
final class Dice {
  private final Seeds.Stream numbers;

  private Dice(Seeds.Stream numbers) {
    this.numbers = numbers;
  }

  /**
   * The dice of one numbered thing, independent of its neighbours: thing 7 is the same however many
   * there are.
   */
  static Dice of(long seed, long number) {
    return new Dice(new Seeds.Stream(Seeds.mix(seed, number)));
  }

  /** Uniform in [0, 1). */
  double uniform() {
    return numbers.uniform();
  }

  /** Standard normal (Box-Muller; StrictMath, whose bits do not depend on the machine). */
  double normal() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform()));
    return radius * StrictMath.cos(2 * StrictMath.PI * uniform());
  }

  boolean chance(double probability) {
    return uniform() < probability;
  }

  /** Uniform in [0, bound). */
  int below(int bound) {
    return numbers.below(bound);
  }

  /** Uniform in [low, high], both included. */
  int between(int low, int high) {
    return low + below(high - low + 1);
  }

  <T> T pick(List<T> values) {
    return values.get(below(values.size()));
  }

  /** {@code count} of the values, each at most once, in random order. */
  <T> List<T> pick(List<T> values, int count) {
    List<T> shuffled = new ArrayList<>(values);
    for (int i = 0; i < count; i++) {
      Collections.swap(shuffled, i, between(i, shuffled.size() - 1));
    }
    return List.copyOf(shuffled.subList(0, count));
  }
}
