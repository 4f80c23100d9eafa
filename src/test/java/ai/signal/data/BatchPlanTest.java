package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
  @Test
  void visitsEveryExampleOncePerEpochInEvenBatches() {
    Random random = new Random(1);
    for (int round = 0; round < 300; round++) {
      int examples = 1 + random.nextInt(200);
      int lanes = 1 + random.nextInt(9);
      int batch = 1 + random.nextInt(40);
      BatchPlan plan =
          new BatchPlan(examples, lanes, batch, random.nextLong(), random.nextBoolean());
      long steps = plan.stepsPerEpoch();
      assertThat(steps).isEqualTo((long) Math.ceil(examples / (double) batch));
      for (long epoch = 0; epoch < 3; epoch++) {
        List<Long> visited = new ArrayList<>();
        for (long step = epoch * steps; step < (epoch + 1) * steps; step++) {
          int[] sizes = new int[lanes];
          for (int lane = 0; lane < lanes; lane++) {
            int[] indices = plan.indices(step, lane);
            sizes[lane] = indices.length;
            for (int index : indices) {
              visited.add((long) index * lanes + lane);
            }
          }
          int largest = IntStream.of(sizes).max().orElseThrow();
          assertThat(largest - IntStream.of(sizes).min().orElseThrow())
              .as("%s", plan)
              .isLessThan(2);
          boolean last = step % steps == steps - 1;
          int left = examples - (int) (steps - 1) * batch;
          assertThat(IntStream.of(sizes).sum())
              .isEqualTo(plan.size(step))
              .isEqualTo(last ? left : batch);
        }
        assertThat(visited)
            .as("%s", plan)
            .containsExactlyInAnyOrderElementsOf(LongStream.range(0, examples).boxed().toList());
      }
    }
  }

  @Test
  void keepsTheOrderOfIdentitiesWithoutShuffle() {
    BatchPlan plan = new BatchPlan(7, 2, 4, 9, false);
    assertThat(plan.indices(0, 0)).containsExactly(0, 1);
    assertThat(plan.indices(0, 1)).containsExactly(0, 1);
    assertThat(plan.indices(1, 0)).containsExactly(2, 3);
    assertThat(plan.indices(1, 1)).containsExactly(2);
    assertThat(plan.indices(2, 0)).containsExactly(0, 1);
  }

  @Test
  void ordersEpochsLanesAndSeedsDifferently() {
    BatchPlan plan = new BatchPlan(200, 2, 200, 1, true);
    int[] first = plan.indices(0, 0);
    assertThat(first).isNotEqualTo(plan.indices(1, 0)).isNotEqualTo(plan.indices(0, 1));
    assertThat(first).isNotEqualTo(new BatchPlan(200, 2, 200, 2, true).indices(0, 0));
    assertThat(first).isEqualTo(new BatchPlan(200, 2, 200, 1, true).indices(0, 0));
  }

  @Test
  void doesNotDependOnTheBatchSize() {
    BatchPlan whole = new BatchPlan(30, 3, 30, 5, true);
    BatchPlan small = new BatchPlan(30, 3, 6, 5, true);
    int[] joined =
        IntStream.range(0, 5).flatMap(step -> IntStream.of(small.indices(step, 1))).toArray();
    assertThat(joined).isEqualTo(whole.indices(0, 1));
  }

  /**
   * Runs that another release continues need these numbers, which a second program computed too.
   */
  @Test
  void staysTheSameAcrossReleases() {
    assertThat(new BatchPlan(10, 1, 10, 7, true).indices(0, 0))
        .containsExactly(6, 5, 8, 3, 1, 2, 4, 0, 9, 7);
  }

  @Test
  void countsEpochs() {
    BatchPlan plan = new BatchPlan(10, 2, 4, 0, true);
    assertThat(plan.epochs(0)).isZero();
    assertThat(plan.epochs(1)).isEqualTo(0.4);
    assertThat(plan.epochs(3)).isEqualTo(1.0);
    assertThat(plan.epochs(5)).isEqualTo(1.8);
  }

  @Test
  void leavesLanesWithoutExamplesEmpty() {
    BatchPlan plan = new BatchPlan(2, 4, 8, 0, true);
    assertThat(plan.indices(0, 1)).containsExactly(0);
    assertThat(plan.indices(0, 3)).isEmpty();
  }

  @Test
  void refusesNonsense() {
    assertThatThrownBy(() -> new BatchPlan(0, 1, 1, 0, true))
        .hasMessageContaining("batches of 1 out of 0 examples on 1 lanes");
    assertThatThrownBy(() -> new BatchPlan(1, 0, 1, 0, true))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BatchPlan(1, 1, 0, 0, true))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
