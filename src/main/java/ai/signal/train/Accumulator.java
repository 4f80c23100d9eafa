package ai.signal.train;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Gradient sums of all forward_backward calls since the last optim_step, with what their mean
 * divides by.
 */
final class Accumulator {
  private final float[] gradient; // [size]
  private final Set<String> losses = new HashSet<>();
  private double denominator;
  private long tokens;
  private int calls;

  Accumulator(int size) {
    this.gradient = new float[size];
  }

  /**
   * Adds the lanes of one call, summed among themselves first and in their order: {@code acc + (l0
   * + l1 + ...)}.
   */
  void add(String loss, List<LaneResult> lanes) {
    float[] sum = lanes.get(0).gradient();
    for (LaneResult lane : lanes.subList(1, lanes.size())) {
      Blocks.add(sum, lane.gradient());
    }
    Blocks.add(gradient, sum);
    for (LaneResult lane : lanes) {
      denominator += lane.denominator();
      tokens += lane.tokens();
    }
    losses.add(loss);
    calls++;
  }

  float[] gradient() {
    return gradient;
  }

  double denominator() {
    return denominator;
  }

  long tokens() {
    return tokens;
  }

  /** Calls since the last clear. */
  int calls() {
    return calls;
  }

  Set<String> losses() {
    return losses;
  }

  void clear() {
    Blocks.forEach(gradient.length, (from, to) -> Arrays.fill(gradient, from, to, 0));
    losses.clear();
    denominator = 0;
    tokens = 0;
    calls = 0;
  }
}
