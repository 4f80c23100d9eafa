package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeedsTest {
  @Test
  void streamIsSplitMix64() {
    for (long seed : new long[] {0, 1, -7, Long.MAX_VALUE}) {
      Seeds.Stream stream = new Seeds.Stream(seed);
      SplittableRandom reference = new SplittableRandom(seed);
      for (int i = 0; i < 100; i++) {
        assertThat(stream.next()).isEqualTo(reference.nextLong());
      }
    }
  }

  @Test
  void mixDependsOnOrderCountAndEveryPart() {
    Set<Long> mixed = new HashSet<>();
    int made = 0;
    for (long a = -3; a <= 3; a++) {
      mixed.add(Seeds.mix(a));
      for (long b = -3; b <= 3; b++) {
        mixed.add(Seeds.mix(a, b));
        for (long c = -3; c <= 3; c++) {
          mixed.add(Seeds.mix(a, b, c));
          made++;
        }
        made++;
      }
      made++;
    }
    assertThat(mixed).hasSize(made);
  }

  @Test
  void neverChanges() {
    assertThat(Seeds.mix(7, 1, 2)).isEqualTo(201929927634976865L);
    assertThat(Seeds.of("model.layers.0.self_attn.q_proj")).isEqualTo(3538351297367392756L);
    assertThat(Seeds.permutation(8, 42)).containsExactly(4, 6, 1, 0, 2, 5, 7, 3);
  }

  @Test
  void namesWithEqualHashCodesDiffer() {
    assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
    assertThat(Seeds.of("Aa")).isNotEqualTo(Seeds.of("BB"));
  }

  @Test
  void uniformOfConsecutiveStates() {
    double[] values = IntStream.range(0, 200_000).mapToDouble(Seeds::uniform).toArray();

    assertMomentsOfUniform(values);
  }

  @Test
  void uniformOfStream() {
    Seeds.Stream stream = new Seeds.Stream(3);

    assertMomentsOfUniform(
        IntStream.range(0, 200_000).mapToDouble(i -> stream.uniform()).toArray());
  }

  @Test
  void permutationHoldsEveryNumberOnce() {
    for (int size : new int[] {0, 1, 2, 1000}) {
      assertThat(IntStream.of(Seeds.permutation(size, 5)).sorted().toArray())
          .isEqualTo(IntStream.range(0, size).toArray());
    }
  }

  @Test
  void everyPermutationIsEquallyLikely() {
    int[] counts = new int[27];
    int draws = 60_000;
    for (int seed = 0; seed < draws; seed++) {
      int[] p = Seeds.permutation(3, seed);
      counts[p[0] * 9 + p[1] * 3 + p[2]]++;
    }

    // six of 10,000 each; 500 is 5.5 standard deviations
    assertThat(IntStream.of(counts).filter(count -> count > 0).boxed())
        .hasSize(6)
        .allMatch(count -> Math.abs(count - draws / 6) < 500);
  }

  /**
   * A plain remainder would favour the lowest third, a plain multiplication two of the three
   * residues.
   */
  @Test
  void boundsThatDoNotDivideThePowerOfTwoAreNotBiased() {
    int bound = 3 << 29;
    Seeds.Stream stream = new Seeds.Stream(11);
    int[] thirds = new int[3];
    int[] residues = new int[3];
    for (int i = 0; i < 90_000; i++) {
      int value = stream.below(bound);
      thirds[value / (bound / 3)]++;
      residues[value % 3]++;
    }

    assertThat(IntStream.of(thirds).boxed()).allMatch(count -> Math.abs(count - 30_000) < 750);
    assertThat(IntStream.of(residues).boxed()).allMatch(count -> Math.abs(count - 30_000) < 750);
  }

  private static void assertMomentsOfUniform(double[] values) {
    double mean = 0;
    double square = 0;
    for (double value : values) {
      assertThat(value).isBetween(0.0, Math.nextDown(1.0));
      mean += value / values.length;
      square += value * value / values.length;
    }
    assertThat(Math.abs(mean - 0.5)).isLessThan(0.0035); // 5 standard deviations
    assertThat(Math.abs(square - mean * mean - 1.0 / 12)).isLessThan(0.001);
  }
}
