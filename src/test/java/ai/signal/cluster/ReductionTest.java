package ai.signal.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import ai.signal.model.HalfPrecision;
import java.io.File;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Both ways of the lanes' vectors, on real Spark. */
@ExtendWith(SparkExtension.class)
class ReductionTest {
  /** Three reducers' worth, and no round number. */
  private static final int SIZE = 1_200_007;

  private static final int LANES = 5;

  /** Of sizes so different that another order of addition has other bits. */
  private static float[] vector(int lane) {
    SplittableRandom random = new SplittableRandom(lane);
    float[] values = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      values[i] = (float) ((random.nextDouble() - 0.5) * Math.exp(8 * random.nextDouble()));
    }
    return values;
  }

  private static Reduced<Integer> reduce(
      SparkSession spark, String shuffleAbove, Transport transport) {
    return reduce(
        spark,
        shuffleAbove,
        transport,
        (lane, input, vectors) -> {
          vectors.put(FloatBuffer.wrap(vector(lane)));
          return input;
        });
  }

  private static Reduced<Integer> reduce(
      SparkSession spark,
      String shuffleAbove,
      Transport transport,
      Lanes.Work<Integer, Integer> work) {
    SparkConf conf = spark.sparkContext().conf();
    conf.set(ReductionPath.SHUFFLE_ABOVE, shuffleAbove);
    try {
      List<Integer> inputs = IntStream.range(0, LANES).mapToObj(lane -> 10 * lane).toList();
      return Lanes.reduce(
          JavaSparkContext.fromSparkContext(spark.sparkContext()),
          "reduction",
          LaneResources.NONE,
          inputs,
          work,
          SIZE,
          transport);
    } finally {
      conf.remove(ReductionPath.SHUFFLE_ABOVE);
    }
  }

  private static float[] sum(Reduced<?> reduced) {
    float[] sum = new float[SIZE];
    reduced.sum().copy(sum, 0, SIZE);
    return sum;
  }

  private static float[] expected(Transport transport) {
    float[] sum = new float[SIZE];
    for (int lane = 0; lane < LANES; lane++) {
      float[] values = vector(lane);
      for (int i = 0; i < SIZE; i++) {
        float value =
            transport == Transport.FLOAT32
                ? values[i]
                : Float.intBitsToFloat(HalfPrecision.toBfloat16(values[i]) << 16);
        sum[i] = lane == 0 ? value : sum[i] + value;
      }
    }
    return sum;
  }

  @Test
  void bothPathsAddInLaneOrder(SparkSession spark) {
    for (Transport transport : Transport.values()) {
      Reduced<Integer> collected = reduce(spark, "1g", transport);
      Reduced<Integer> shuffled = reduce(spark, "1k", transport);

      assertThat(sum(collected)).isEqualTo(expected(transport));
      assertThat(sum(shuffled)).isEqualTo(expected(transport));
      assertThat(collected.values()).containsExactly(0, 10, 20, 30, 40);
      assertThat(shuffled.values()).containsExactly(0, 10, 20, 30, 40);
    }
  }

  @Test
  void aSumIsAddedToWhatIsThere(SparkSession spark) {
    float[] target = vector(9);
    float[] sum = expected(Transport.FLOAT32);
    reduce(spark, "1g", Transport.FLOAT32).sum().add(target, 5, SIZE - 7);

    float[] before = vector(9);
    for (int i = 5; i < SIZE - 7; i++) {
      before[i] += sum[i];
    }
    assertThat(target).isEqualTo(before);
  }

  @Test
  void theDriverReceivesMoreThanOneJobMayBring(SparkSession spark) throws TimeoutException {
    SparkConf conf = spark.sparkContext().conf();
    try {
      conf.set("spark.driver.maxResultSize", "6m"); // one vector, not five
      assertThat(jobs(spark, "one", () -> reduce(spark, "1g", Transport.FLOAT32))).isEqualTo(1);

      conf.set("spark.driver.maxResultSize", "2m"); // not even one
      assertThat(jobs(spark, "many", () -> reduce(spark, "1g", Transport.FLOAT32)))
          .isGreaterThan(1);
    } finally {
      conf.remove("spark.driver.maxResultSize");
    }
  }

  /** How many Spark jobs a reduction took, which is checked. */
  private static int jobs(SparkSession spark, String group, Supplier<Reduced<?>> reduction)
      throws TimeoutException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    context.setJobGroup(group, group);
    try {
      assertThat(sum(reduction.get())).isEqualTo(expected(Transport.FLOAT32));
      spark.sparkContext().listenerBus().waitUntilEmpty(60_000);
      return context.statusTracker().getJobIdsForGroup(group).length;
    } finally {
      context.clearJobGroup();
    }
  }

  private static List<Path> shuffleFiles() throws IOException {
    List<Path> found = new ArrayList<>();
    for (File directory : SparkEnv.get().blockManager().diskBlockManager().localDirs()) {
      try (Stream<Path> files = Files.walk(directory.toPath())) {
        files.filter(ReductionTest::isShuffleFile).forEach(found::add);
      }
    }
    return found;
  }

  private static boolean isShuffleFile(Path file) {
    return file.getFileName().toString().matches("shuffle_\\d+_\\d+_\\d+\\.(data|index)");
  }

  @Test
  void aRefusalIsAResultOnBothPaths(SparkSession spark) {
    for (String shuffleAbove : List.of("1g", "1k")) {
      assertThatThrownBy(
              () ->
                  reduce(
                      spark,
                      shuffleAbove,
                      Transport.FLOAT32,
                      (lane, input, vectors) -> {
                        vectors.put(FloatBuffer.wrap(vector(lane)));
                        if (lane == 3) {
                          throw new LaneRefusal("no more of this");
                        }
                        return input;
                      }))
          .isInstanceOf(LaneException.class)
          .hasMessage("Cannot finish reduction: lane 3: no more of this")
          .hasNoCause();
    }
  }

  @Test
  @Timeout(60)
  void nothingStaysOnDisk(SparkSession spark) throws IOException {
    reduce(spark, "1k", Transport.FLOAT32);
    while (!shuffleFiles().isEmpty()) { // they go in the background
      Thread.onSpinWait();
    }
  }
}
