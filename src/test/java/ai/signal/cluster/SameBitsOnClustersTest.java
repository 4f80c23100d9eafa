package ai.signal.cluster;

import static ai.signal.model.DType.BFLOAT16;
import static ai.signal.model.DType.FLOAT32;
import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.train.MicroBatchSizes;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A run gives the same adapter, bit for bit, on executors that die, stop, are copied or join, and
 * beside another run, as it gives alone in one JVM. The whole of it is {@link
 * EveryClusterSameBitsTest}.
 */
class SameBitsOnClustersTest {
  private static final int STEPS = 6;
  private static final Training.Spec ONE = new Training.Spec(7, FLOAT32, STEPS);
  private static final Training.Spec OTHER = new Training.Spec(8, FLOAT32, STEPS);
  private static final Training.Spec LOW = new Training.Spec(9, BFLOAT16, STEPS);
  private static final int LANES_OF_A_RUN = 2 * STEPS * Training.LANES;

  private static Training.Result one;
  private static Training.Result other;
  private static Training.Result low;

  /** Each run alone, its gradients collected. */
  @BeforeAll
  static void trainAlone() throws IOException {
    List<Training.Result> alone =
        new Scenario("local[1]", List.of(ONE, OTHER, LOW), false, false, 0).run().results();
    one = alone.get(0);
    other = alone.get(1);
    low = alone.get(2);
  }

  @Test
  void batchesHaveTailsOfEveryLength() {
    Set<Integer> tails = new TreeSet<>();
    for (int step = 0; step < STEPS; step++) {
      tails.addAll(
          MicroBatchSizes.tails(Training.batch(ONE.seed(), step), Training.LANES, Training.BUDGET));
    }
    assertThat(tails).containsExactly(1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void executorsMayDie() throws IOException {
    Outcome outcome = new Scenario("local-cluster[2,1,1024]", List.of(ONE), false, true, 3).run();

    assertThat(outcome.results()).containsExactly(one);
    assertThat(outcome.kills()).isGreaterThanOrEqualTo(3);
    // Of every killed executor one; Spark may hand it another before it knows that it is dead.
    assertThat(outcome.lost()).isGreaterThanOrEqualTo(outcome.kills());
    // A lane that was done is computed again as well, if its shuffle file went before it was read.
    assertThat(outcome.recomputed()).isGreaterThanOrEqualTo(outcome.lost());
    assertThat(outcome.lanes()).isEqualTo(LANES_OF_A_RUN);
    assertThat(outcome.shuffles()).isEqualTo(2 * STEPS);
  }

  @Test
  void lanesMayBeCopiedAndWorkersMayJoin() throws IOException {
    Outcome outcome = new ChangingCluster(LOW, false).run();

    assertThat(outcome.results()).containsExactly(low);
    assertThat(outcome.copiesUsed()).isPositive();
    assertThat(outcome.lanes()).isEqualTo(LANES_OF_A_RUN);
    assertThat(outcome.lanesOfHosts().keySet())
        .containsExactlyInAnyOrder(
            ChangingCluster.FAST, ChangingCluster.SLOW, ChangingCluster.LATE);
  }

  @Test
  void dynamicAllocationMayTakeExecutorsAway() throws IOException {
    Outcome outcome = new ShrinkingCluster(ONE).run();

    assertThat(outcome.results()).containsExactly(one);
    assertThat(outcome.lanes()).isEqualTo(LANES_OF_A_RUN);
  }

  @Test
  void runsMayShareACluster() throws IOException {
    Outcome outcome =
        new Scenario("local-cluster[3,1,1024]", List.of(ONE, OTHER), true, false, 0).run();

    assertThat(outcome.results()).containsExactly(one, other);
    assertThat(outcome.overlaps()).isPositive();
    assertThat(outcome.lanes()).isEqualTo(2 * LANES_OF_A_RUN);
    assertThat(outcome.shuffles()).isZero();
    assertThat(outcome.recomputed()).isZero();
  }
}
