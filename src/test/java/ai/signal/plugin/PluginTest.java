package ai.signal.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.client.TrainingClient;
import ai.signal.cluster.ClusterException;
import ai.signal.cluster.ExecutorReport;
import ai.signal.cluster.Fingerprint;
import ai.signal.cluster.RunJobs;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelSource;
import ai.signal.train.CrossEntropy;
import ai.signal.train.Run;
import ai.signal.train.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Preflight and metrics in applications of local mode, where one process is all. */
class PluginTest {
  @TempDir Path directory;

  @Test
  void thePluginReportsWithoutASparkJobAndAJobReportsTheSame() {
    ExecutorReport byPlugin;
    try (Application app = new Application(Application.PLUGIN)) {
      byPlugin = only(app.run());
      assertThat(app.jobs()).isZero();
    }
    assertThat(byPlugin.executor()).isEqualTo("driver");
    assertThat(byPlugin.pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(byPlugin.gpus()).isEmpty();
    assertThat(byPlugin.engineError()).isEmpty();
    assertThat(byPlugin.fingerprint().pytorch()).isEqualTo("PyTorch 2.7.1");
    assertThat(byPlugin.fingerprint().djl()).isEqualTo("DJL 0.36.0");
    assertThat(byPlugin.freeMemory()).isPositive().isLessThan(byPlugin.totalMemory());

    try (Application app = new Application(Map.of())) {
      ExecutorReport byJob = only(app.run());
      assertThat(app.jobs()).isEqualTo(1);
      assertThat(byJob.executor()).isEqualTo("driver");
      assertThat(byJob.host()).isEqualTo(byPlugin.host());
      assertThat(byJob.fingerprint()).isEqualTo(byPlugin.fingerprint());
    }
  }

  private static ExecutorReport only(TrainingClient run) {
    assertThat(run.executors().executors()).hasSize(1);
    return run.executors().executors().get(0);
  }

  @Test
  void anExecutorThatIsNotAsAgreedComputesNothing() {
    try (Application app = new Application(Map.of())) {
      Fingerprint here = only(app.run()).fingerprint();
      Fingerprint other =
          new Fingerprint(
              "GenuineIntel amx_bf16",
              here.pytorch(),
              here.djl(),
              here.java(),
              here.signal(),
              here.gpus());
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(app.spark.sparkContext());
      RunConfig config = RunConfig.of("builtin:tiny").build();
      TrainingClient examples = app.run();
      try (Run run =
          new Run(
              spark,
              config,
              ModelDirectory.open(ModelSource.resolve("builtin:tiny")),
              examples.executors())) {
        List<ai.signal.data.Example> batch =
            List.of(examples.example("a", "b"), examples.example("a", "c"));
        assertThatThrownBy(
                () ->
                    new RunJobs("pool", Optional.of(other))
                        .during(spark.sc(), () -> run.forward("late", batch, new CrossEntropy())))
            .hasRootCauseInstanceOf(ClusterException.class)
            .rootCause()
            .hasMessageMatching(
                "Cannot compute on executor driver on \\S+, it joined with \\Q%s instead of %s\\E: .*cluster.allow_mixed: true\\)"
                    .formatted(here.instructions(), other.instructions()));
        assertThat(
                new RunJobs("pool", Optional.of(here))
                    .during(
                        spark.sc(), () -> run.forward("like the others", batch, new CrossEntropy()))
                    .loss())
            .isPositive();
      }
    }
  }

  @Test
  void prometheusFindsReplicasTokensAndWhatGpusTell() throws Exception {
    gpu("71234, 81559, 97, 61, [N/A]");
    Map<String, String> conf = new HashMap<>(Application.PLUGIN);
    conf.put(
        "spark.metrics.conf.*.sink.prometheusServlet.class",
        "org.apache.spark.metrics.sink.PrometheusServlet");
    conf.put("spark.metrics.conf.*.sink.prometheusServlet.path", "/metrics/prometheus");
    conf.put("spark.signal.nvidiaSmi", nvidiaSmi());
    try (Application app = new Application(conf)) {
      Map<String, Double> before =
          app.gauges(gauges -> gauges.containsKey("gpu_3_memory_used_mib"));
      assertThat(before)
          .containsEntry("executors", 1.0)
          .containsEntry("gpu_3_memory_used_mib", 71234.0)
          .containsEntry("gpu_3_memory_total_mib", 81559.0)
          .containsEntry("gpu_3_utilization_percent", 97.0)
          .containsEntry("gpu_3_temperature_c", 61.0)
          .containsEntry("executor_driver_gpu_3_temperature_c", 61.0)
          .doesNotContainKeys("gpu_3_power_w", "executor_driver_gpu_3_power_w")
          .containsKeys("replicas", "executor_driver_replica_loads");

      Application.compute(app.run());
      gpu("80000, 81559, [N/A], [N/A], 402.17");
      Map<String, Double> after =
          app.gauges(gauges -> gauges.containsKey("executor_driver_gpu_3_power_w"));
      assertThat(after)
          .containsEntry("gpu_3_power_w", 402.17)
          .doesNotContainKeys("gpu_3_temperature_c", "executor_driver_gpu_3_utilization_percent")
          .containsEntry("executor_driver_replicas", after.get("replicas"));
      assertThat(after.get("replica_loads")).isGreaterThanOrEqualTo(1);
      assertThat(after.get("tokens") - before.get("tokens")).isBetween(10.0, 30.0);
      assertThat(after.get("tokens_per_second")).isBetween(0.1, 30.0);
    }
  }

  /** What a GPU tells from now on. */
  private void gpu(String fields) throws IOException {
    Path next = Files.writeString(directory.resolve("next"), "3, GPU-3, " + fields + "\n");
    Files.move(next, directory.resolve("gpus.csv"), StandardCopyOption.ATOMIC_MOVE);
  }

  private String nvidiaSmi() throws IOException {
    Path script = directory.resolve("nvidia-smi");
    Files.writeString(script, "#!/bin/sh\nexec cat '" + directory.resolve("gpus.csv") + "'\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return script.toString();
  }
}
