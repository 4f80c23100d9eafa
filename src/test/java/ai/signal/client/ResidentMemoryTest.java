package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.ChildJvm;
import ai.signal.ResidentMemory;
import ai.signal.SparkExtension;
import ai.signal.data.Example;
import ai.signal.lora.LoraConfig;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.RunConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/**
 * Nothing leaks: 1,000 steps of real training in a JVM of their own, with the size of the process
 * after each.
 */
class ResidentMemoryTest {
  private static final int STEPS = 1000;

  /** Until the JVM itself has loaded and compiled what a step needs. */
  private static final int WARM_UP = 1000;

  private static final double MOST_KIB_PER_STEP = 2;

  /** Trains, and prints the process's resident KiB after every step. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      SparkSession spark = SparkExtension.start("local[2]");
      try (SignalClient signal = SignalClient.on(spark)) {
        TrainingClient run =
            signal.createRun(
                RunConfig.of("builtin:tiny")
                    .lora(new LoraConfig(8, 16, 0.1, List.of("all-linear")))
                    .build());
        List<Example> batch = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          batch.add(
              run.example("Anna has " + "a red cup and ".repeat(i), " Leo has " + i + " cups."));
        }
        for (int step = 0; step < WARM_UP + STEPS; step++) {
          run.forwardBackward(batch, new CrossEntropy());
          run.optimStep(AdamW.of(1e-4));
          System.out.println(ResidentMemory.kib(ProcessHandle.current().pid()));
        }
      }
      System.exit(0);
    }
  }

  @Test
  void aThousandStepsDoNotGrow() throws IOException {
    // The heap is taken at once, and compiled code settles early: what grows then is native memory.
    String printed =
        ChildJvm.run(
            Map.of("MALLOC_ARENA_MAX", "2"),
            List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1"),
            Child.class);
    List<Double> sizes = printed.lines().map(Double::parseDouble).toList();
    assertThat(sizes).hasSize(WARM_UP + STEPS);
    assertThat(ResidentMemory.slope(sizes.subList(WARM_UP + STEPS / 5, WARM_UP + STEPS)))
        .as("KiB per step")
        .isLessThanOrEqualTo(MOST_KIB_PER_STEP);
  }
}
