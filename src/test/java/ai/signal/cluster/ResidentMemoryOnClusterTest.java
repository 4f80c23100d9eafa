package ai.signal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.ResidentMemory;
import ai.signal.SparkExtension;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing leaks in 2,000 steps, neither on the driver nor on the executors. */
@Tag("full")
class ResidentMemoryOnClusterTest {
  private static final int STEPS = 2000;

  /** Until the JVMs themselves have loaded and compiled what a step needs. */
  private static final int WARM_UP = 500;

  private static final double MOST_KIB_PER_STEP = 2;

  /** The heap is taken at once, and compiled code settles early: what grows is native memory. */
  private static final String JVM_OPTIONS =
      Application.JVM_OPTIONS + " -XX:+AlwaysPreTouch -Xms512m -XX:MaxMetaspaceSize=256m";

  record Sizes(List<List<Double>> processes) {}

  /** Trains on a cluster; the driver is the first process, the executors follow. */
  static final class Cluster {
    private Cluster() {}

    public static void main(String[] args) throws IOException {
      boolean shuffle = Application.question(args, Boolean.class);
      Map<String, String> conf = Scenario.conf(shuffle);
      conf.put("spark.executor.memory", "512m");
      conf.put("spark.executor.extraJavaOptions", JVM_OPTIONS);
      conf.put("spark.ui.retainedJobs", "10");
      conf.put("spark.ui.retainedStages", "10");
      conf.put("spark.ui.retainedTasks", "20");
      Application.answer(() -> train(conf));
    }

    private static Sizes train(Map<String, String> conf) throws IOException {
      SparkSession spark = SparkExtension.start("local-cluster[2,1,1024]", conf);
      SignalClient signal = SignalClient.on(spark);
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
      List<Long> pids = new ArrayList<>(List.of(ProcessHandle.current().pid()));
      run.executors().executors().forEach(executor -> pids.add(executor.pid()));
      List<List<Double>> sizes = new ArrayList<>();
      pids.forEach(pid -> sizes.add(new ArrayList<>()));
      for (int step = 0; step < WARM_UP + STEPS; step++) {
        run.forwardBackward(batch, new CrossEntropy());
        run.optimStep(AdamW.of(1e-4));
        for (int process = 0; process < pids.size(); process++) {
          sizes.get(process).add((double) ResidentMemory.kib(pids.get(process)));
        }
      }
      return new Sizes(sizes);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void twoThousandStepsDoNotGrow(boolean shuffle) throws IOException {
    Sizes sizes = Application.run("-Xmx512m " + JVM_OPTIONS, Cluster.class, shuffle, Sizes.class);

    assertThat(sizes.processes).hasSize(3);
    List<Double> slopes =
        sizes.processes.stream()
            .map(process -> process.subList(WARM_UP + STEPS / 5, WARM_UP + STEPS))
            .map(ResidentMemory::slope)
            .toList();
    System.out.println("KiB per step of driver and executors, shuffle " + shuffle + ": " + slopes);
    assertThat(slopes).as("KiB per step").allMatch(slope -> slope <= MOST_KIB_PER_STEP);
  }
}
