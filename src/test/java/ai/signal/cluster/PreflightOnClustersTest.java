package ai.signal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.SparkExtension;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.model.InstructionSet;
import ai.signal.monitor.GpuReading;
import ai.signal.train.CrossEntropy;
import ai.signal.train.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Executors of real processes that differ, that join late, and that have GPUs. */
class PreflightOnClustersTest {
  /** What makes libtorch of a worker's executors use older kernels than the processor has. */
  private static final Map<String, String> OLDER = Map.of("ATEN_CPU_CAPABILITY", "default");

  private static final String DIFFERENCE =
      " ATEN_CPU_CAPABILITY=default instead of " + InstructionSet.here();
  private static final String KEY = "set cluster.allow_mixed: true)";

  @TempDir Path directory;

  private static Map<String, String> conf(boolean plugin) {
    Map<String, String> conf = new HashMap<>();
    if (plugin) {
      conf.put("spark.plugins", SignalPlugin.class.getName());
    }
    conf.put("spark.executor.memory", "512m");
    conf.put("spark.executor.extraJavaOptions", Application.JVM_OPTIONS);
    conf.put("spark.task.maxFailures", "1"); // a refusal is not tried again on another executor
    return conf;
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Not in time");
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  /** Waits for executors, the driver aside. */
  private static void awaitExecutors(SparkContext spark, int count) {
    await(() -> spark.statusTracker().getExecutorInfos().length == count + 1);
  }

  private static RunConfig.Builder config() {
    return RunConfig.of("builtin:tiny").lanes(4);
  }

  private static double loss(TrainingClient run) {
    Example example = run.example("Nils has", " a hat.");
    return run.forwardBackward(Collections.nCopies(4, example), new CrossEntropy()).loss();
  }

  private static String refusal(Runnable work) {
    try {
      work.run();
      return "not refused";
    } catch (RuntimeException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return cause.toString();
    }
  }

  record Mixed(String refused, List<String> lines, double loss) {}

  /** Two workers of different kinds. */
  static final class MixedCluster {
    private MixedCluster() {}

    public static void main(String[] args) throws IOException {
      boolean plugin = Application.question(args, Boolean.class);
      Application.answer(
          () -> {
            try (StandaloneCluster cluster = StandaloneCluster.start()) {
              cluster.addWorker("127.0.0.2");
              cluster.addWorker("127.0.0.3", OLDER);
              SparkSession spark = SparkExtension.start(cluster.master(), conf(plugin));
              awaitExecutors(spark.sparkContext(), 2);
              SignalClient signal = SignalClient.on(spark);
              String refused = refusal(() -> signal.createRun(config().build()));
              TrainingClient run = signal.createRun(config().allowMixed(true).build());
              return new Mixed(refused, run.executors().lines(), loss(run));
            }
          });
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aMixIsRefusedUnlessItIsAllowed(boolean plugin) throws IOException {
    Mixed mixed = Application.run(MixedCluster.class, plugin, Mixed.class);
    assertThat(mixed.refused)
        .startsWith(ClusterException.class.getName() + ": Cannot compute on executors that differ")
        .contains(" on 127.0.0.", "ATEN_CPU_CAPABILITY=default", " instead of ")
        .endsWith(KEY);
    assertThat(mixed.lines).hasSize(2).allMatch(line -> line.startsWith("1 executor · cpu · "));
    assertThat(mixed.loss).isPositive();
  }

  record Late(double before, String refused, double tokens, double after) {}

  /** A worker of another kind joins while a run is under way. */
  static final class LateWorker {
    private LateWorker() {}

    public static void main(String[] args) {
      Application.answer(
          () -> {
            try (StandaloneCluster cluster = StandaloneCluster.start()) {
              cluster.addWorker("127.0.0.2");
              SparkSession spark = SparkExtension.start(cluster.master(), conf(true));
              awaitExecutors(spark.sparkContext(), 1);
              SignalClient signal = SignalClient.on(spark);
              TrainingClient run = signal.createRun(config().build());
              double before = loss(run);
              cluster.addWorker("127.0.0.3", OLDER);
              awaitExecutors(spark.sparkContext(), 2);
              String refused = refusal(() -> loss(run));
              ExecutorRegistry registry = ExecutorRegistry.of(spark.sparkContext()).orElseThrow();
              await(() -> registry.metrics().getOrDefault("executor.0.tokens", 0.0) > 0);
              TrainingClient mixed = signal.createRun(config().allowMixed(true).build());
              return new Late(
                  before, refused, registry.metrics().get("executor.0.tokens"), loss(mixed));
            }
          });
    }
  }

  @Test
  void anExecutorOfAnotherKindThatJoinsLaterComputesNothing() throws IOException {
    Late late = Application.run(LateWorker.class, "", Late.class);
    assertThat(late.before).isPositive();
    assertThat(late.refused)
        .startsWith(
            ClusterException.class.getName() + ": Cannot compute on executor 1 on 127.0.0.3")
        .contains(DIFFERENCE)
        .endsWith(KEY);
    assertThat(late.tokens).isGreaterThan(0);
    assertThat(late.after).isPositive();
  }

  record Gpus(List<String> byPlugin, List<String> byJob, List<GpuReading> readings) {}

  /** Two executors of one host with two GPUs; with the plugin, and by a job. */
  static final class HostOfGpus {
    private HostOfGpus() {}

    public static void main(String[] args) throws IOException {
      Path directory = Path.of(Application.question(args, String.class));
      Map<String, String> conf = conf(true);
      conf.put("spark.worker.resource.gpu.amount", "2");
      conf.put("spark.worker.resource.gpu.discoveryScript", directory + "/discover");
      conf.put("spark.signal.nvidiaSmi", directory + "/nvidia-smi");
      conf.put("spark.executor.resource.gpu.amount", "1");
      conf.put("spark.task.resource.gpu.amount", "1");
      conf.put("spark.executor.cores", "1");
      Application.answer(
          () -> {
            SparkSession spark = SparkExtension.start("local-cluster[1,2,1024]", conf);
            awaitExecutors(spark.sparkContext(), 2);
            JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
            ClusterReport byPlugin = Preflight.of(context, "test");
            List<GpuReading> readings = SignalPlugin.gpus(spark.sparkContext());
            ExecutorRegistry.of(spark.sparkContext()).orElseThrow().close();
            return new Gpus(gpus(byPlugin), gpus(Preflight.of(context, "test")), readings);
          });
    }

    private static List<String> gpus(ClusterReport report) {
      return report.executors().stream()
          .flatMap(
              executor ->
                  executor.gpus().stream()
                      .map(gpu -> executor.executor() + " has " + gpu.address() + " " + gpu.name()))
          .toList();
    }
  }

  @Test
  void eachExecutorTellsOfItsOwnGpus() throws IOException {
    script(
        "nvidia-smi",
        """
        case "$*" in
          *name*) echo '0, GPU-0, 81559, NVIDIA H100'; echo '1, GPU-1, 81559, NVIDIA H100' ;;
          *uuid*) echo '0, GPU-0, 71234, 81559, 97, 61, 402.17'; echo '1, GPU-1, 4, 81559, 0, 33, [N/A]' ;;
          *) echo 0; echo 1 ;;
        esac
        """);
    script(
        "discover",
        "NVIDIA_SMI='%s/nvidia-smi' exec '%s'"
            .formatted(directory, Path.of("conf/gpu-discovery.sh").toAbsolutePath()));
    Gpus gpus = Application.run(HostOfGpus.class, directory.toString(), Gpus.class);
    assertThat(gpus.byPlugin)
        .isIn(
            List.of("0 has 0 NVIDIA H100", "1 has 1 NVIDIA H100"),
            List.of("0 has 1 NVIDIA H100", "1 has 0 NVIDIA H100"));
    assertThat(gpus.byJob).isEqualTo(gpus.byPlugin);
    String first = gpus.byPlugin.contains("0 has 0 NVIDIA H100") ? "0" : "1";
    assertThat(gpus.readings)
        .containsExactlyInAnyOrder(
            new GpuReading(first, 0, 71234, 81559, 97, 61, 402.17),
            new GpuReading(first.equals("0") ? "1" : "0", 1, 4, 81559, 0, 33, Double.NaN));
  }

  private void script(String name, String commands) throws IOException {
    Path script = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + commands + "\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
  }
}
