package ai.signal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.SparkExtension;
import ai.signal.client.InferenceClient;
import ai.signal.client.SignalClient;
import ai.signal.client.SignalException;
import ai.signal.client.TrainingClient;
import ai.signal.generate.SamplingParams;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host of two executors with a GPU each; scripts pretend that they are there, so that everything
 * but computing on them can be seen.
 */
class GpusOnClustersTest {
  @TempDir Path directory;

  /**
   * What the application saw.
   *
   * @param addresses that the lanes were given
   * @param impossible what a request for four GPUs per replica was answered
   * @param jobs that ran for it
   * @param wrongModel what a request for another model was answered
   * @param notOpened what a run on the GPUs was answered, whose libtorch is for CPUs
   * @param cpuSteps of a run that was told to use the CPU
   * @param streamed what a stream was answered, without the plugin
   */
  private record Seen(
      List<String> addresses,
      String impossible,
      int jobs,
      String wrongModel,
      String notOpened,
      long cpuSteps,
      String streamed) {}

  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      Path scripts = Path.of(Application.question(args, String.class));
      Map<String, String> conf = new HashMap<>();
      conf.put("spark.worker.resource.gpu.amount", "2");
      conf.put(
          "spark.worker.resource.gpu.discoveryScript", scripts.resolve("discovery").toString());
      conf.put("spark.signal.nvidiaSmi", scripts.resolve("nvidia-smi").toString());
      conf.put("spark.executor.resource.gpu.amount", "1");
      conf.put("spark.executor.cores", "1");
      conf.put("spark.executor.memory", "512m");
      conf.put("spark.executor.extraJavaOptions", Application.JVM_OPTIONS);
      // Both executors are there before the first task.
      conf.put("spark.cores.max", "2");
      conf.put("spark.scheduler.minRegisteredResourcesRatio", "1.0");
      conf.put("spark.scheduler.maxRegisteredResourcesWaitingTime", "300s");
      Application.answer(() -> seen(SparkExtension.start("local-cluster[1,2,1024]", conf)));
    }

    private static Seen seen(SparkSession session) {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      try (SignalClient signal = SignalClient.on(session)) {
        String impossible = answer(signal, tiny().gpus(GpuRequest.parse("4")));
        int jobs = spark.statusTracker().getJobIdsForGroup(null).length;
        String wrong = answer(signal, tiny().gpus(GpuRequest.parse("A100-80GB:1")));
        String notOpened = answer(signal, tiny());
        TrainingClient run = signal.createRun(tiny().device(ComputeDevice.CPU).build());
        run.forwardBackward(
            List.of(run.example("a", "b"), run.example("c", "d")), new CrossEntropy());
        run.optimStep(AdamW.of(1e-3));
        return new Seen(
            addresses(spark), impossible, jobs, wrong, notOpened, run.step(), streamed(run));
      }
    }

    private static String streamed(TrainingClient run) {
      try (InferenceClient model = run.inference()) {
        model.stream("Leo", SamplingParams.greedy(2), token -> {});
        return "streamed";
      } catch (SignalException e) {
        return e.getMessage();
      }
    }

    private static RunConfig.Builder tiny() {
      return RunConfig.of("builtin:tiny");
    }

    private static String answer(SignalClient signal, RunConfig.Builder run) {
      try {
        signal.createRun(run.build());
        return "created";
      } catch (SignalException e) {
        return e.getMessage();
      }
    }

    private static List<String> addresses(JavaSparkContext spark) {
      return Lanes.run(
          spark,
          "addresses",
          LaneResources.gpus(1, 1, 1),
          List.of(0, 1),
          (lane, input, none) -> String.join(",", TaskGpus.of(TaskContext.get())));
    }
  }

  private void script(String name, String text) throws IOException {
    Path script = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void lanesHaveGpusOfTheirOwnOrTheRunIsRefused() throws IOException {
    script("discovery", "echo '{\"name\": \"gpu\", \"addresses\": [\"0\", \"1\"]}'\n");
    script(
        "nvidia-smi",
        """
        echo '0, GPU-aa, 23028, NVIDIA A10G'
        echo '1, GPU-bb, 23028, NVIDIA A10G'
        """);

    Seen seen = Application.run(Child.class, directory.toString(), Seen.class);

    assertThat(seen.addresses).containsExactlyInAnyOrder("0", "1");
    assertThat(seen.impossible)
        .isEqualTo(
            "Cannot allocate cluster.gpus = 4: an executor has 1 (spark.executor.resource.gpu.amount); offer more, or ask for fewer");
    assertThat(seen.jobs).isZero();
    assertThat(seen.wrongModel)
        .matches(
            "Cannot allocate cluster.gpus = A100-80GB:1: executor [01] on \\S+ has NVIDIA A10G 22.5 GiB");
    assertThat(seen.notOpened)
        .matches(
            "Cannot compute on GPU [01] of executor [01] on \\S+: libtorch does not open it: .*PYTORCH_FLAVOR.*cluster.device: cpu.*");
    assertThat(seen.cpuSteps).isEqualTo(1);
    assertThat(seen.streamed)
        .isEqualTo(
            "Cannot stream: executors can tell the driver nothing before a task ends; start Spark with spark.plugins=ai.signal.cluster.SignalPlugin");
  }
}
