package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PermutationTest {
  @Test
  void hasEveryNumberOnce() {
    for (int size : new int[] {1, 2, 3, 7, 64, 1000, 4097}) {
      Permutation permutation = new Permutation(size, size);
      assertThat(IntStream.range(0, size).map(permutation::at).distinct().filter(x -> x < size))
          .hasSize(size);
    }
  }

  @Test
  void makesEveryOrderEquallyLikely() {
    Map<String, Integer> counts = new HashMap<>();
    int trials = 24_000;
    for (int seed = 0; seed < trials; seed++) {
      Permutation permutation = new Permutation(4, seed);
      String order =
          IntStream.range(0, 4)
              .mapToObj(i -> String.valueOf(permutation.at(i)))
              .collect(Collectors.joining());
      counts.merge(order, 1, Integer::sum);
    }
    // 24 orders, 1000 expected of each with a standard deviation of 31.
    assertThat(counts).hasSize(24);
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(860, 1140));
  }

  @Test
  void movesNumbersFarInLargeSets() {
    int size = 2_000_000_000;
    Permutation permutation = new Permutation(size, 3);
    double mean = IntStream.range(0, 20_000).mapToDouble(permutation::at).average().orElseThrow();
    assertThat(mean / size).isCloseTo(0.5, Offset.offset(0.01));
  }
}
