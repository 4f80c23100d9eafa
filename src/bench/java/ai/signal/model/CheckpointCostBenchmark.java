package ai.signal.model;

import ai.signal.S3Server;
import ai.signal.checkpoint.Retention;
import ai.signal.checkpoint.SavePolicy;
import ai.signal.client.RunCheckpoints;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.lora.LoraConfig;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.RunConfig;
import ai.signal.train.RunState;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.SparkSession;

/**
 * What checkpoints cost a training at {@code every_steps: 50}: seconds in which it waits for a copy
 * of its state, and CPU seconds of the threads that upload, over the CPU seconds of 50 steps and
 * the upload; and the same with all that the process does meanwhile, JIT compilation included.
 *
 * <pre>{@code mvn -q test-compile exec:exec@benchmark -Dbenchmark=CheckpointCost}</pre>
 */
final class CheckpointCostBenchmark {
  private static final int EVERY = 50;
  private static final int SAVES = 4;
  private static final AdamW ADAM = AdamW.of(1e-4);
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private CheckpointCostBenchmark() {}

  /** Starts itself in a JVM with the options that Spark needs. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length > 0) {
      measure();
      System.exit(0); // libtorch's threads would keep the JVM
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    command.addAll(List.of("-Xmx10g", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(CheckpointCostBenchmark.class.getName(), "measure"));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.start().waitFor();
  }

  private static void measure() throws IOException {
    Path directory = Files.createTempDirectory("checkpoint-cost");
    Path objects = Files.createDirectory(directory.resolve("objects"));
    String llama = directory.resolve("llama").toString();
    RandomModel.write(Path.of(llama), RandomModel.LLAMA_135M);
    Path tokenizer = ModelSource.resolve("builtin:tiny").resolve("tokenizer.json");
    Files.copy(tokenizer, Path.of(llama).resolve("tokenizer.json"));
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.broadcast.compress", false)
            .getOrCreate();
    System.out.println(
        "| base model | adapter, M | store | CPU of a step, s | copy, s | CPU of a save, s | with JIT, s | share at every 50 steps | with JIT |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    try (S3Server server = S3Server.start(objects);
        SignalClient signal = SignalClient.on(spark)) {
      server
          .conf()
          .iterator()
          .forEachRemaining(
              entry -> {
                if (entry.getKey().startsWith("fs.s3a.")) {
                  spark.sparkContext().hadoopConfiguration().set(entry.getKey(), entry.getValue());
                }
              });
      for (String output :
          List.of(
              directory.resolve("run").toUri().toString(), "s3a://" + server.bucket() + "/run")) {
        measure(signal, "builtin:tiny", 64, 30, output + "-1");
        measure(signal, llama, 131, 3, output + "-40");
        measure(signal, llama, 524, 2, output + "-160");
      }
    }
  }

  private static void measure(
      SignalClient signal, String base, int rank, int steps, String output) {
    try (TrainingClient run =
        signal.createRun(
            RunConfig.of(base)
                .dtype(DType.BFLOAT16)
                .lora(new LoraConfig(rank, 2 * rank, 0, List.of("all-linear")))
                .build())) {
      List<Example> batch = batch(run);
      step(run, batch); // loads and warms
      long cpu = SYSTEM.getProcessCpuTime();
      for (int i = 0; i < steps; i++) {
        step(run, batch);
      }
      double ofStep = since(cpu) / steps;
      double copy = 0;
      double upload = 0;
      double process = 0;
      try (RunCheckpoints checkpoints =
          RunCheckpoints.open(
              run.async(),
              output,
              "benchmark",
              facts -> Optional.empty(),
              "metrics",
              SavePolicy.DEFAULT)) {
        for (int i = 0; i < SAVES; i++) {
          long begin = System.nanoTime();
          RunState state = run.async().state().result();
          copy += (System.nanoTime() - begin) / 1e9 / SAVES;
          cpu = SYSTEM.getProcessCpuTime();
          double before = uploaders();
          checkpoints.save(
              state,
              JsonNodeFactory.instance.objectNode(),
              Map.of("metrics", out -> {}),
              Retention.last(1));
          checkpoints.await();
          upload += (uploaders() - before) / SAVES;
          process += since(cpu) / SAVES;
          if (i + 1 < SAVES) {
            step(run, batch);
          }
        }
      }
      System.out.println(
          String.format(
              Locale.ROOT,
              "| %s | %.1f | %s | %.2f | %.3f | %.2f | %.2f | %.2f %% | %.2f %% |",
              base.startsWith("builtin:") ? base : "135 M parameters",
              run.info().parameters() / 1e6,
              output.startsWith("s3a:") ? "S3" : "local disk",
              ofStep,
              copy,
              upload,
              process,
              100 * (copy + upload) / (EVERY * ofStep + upload),
              100 * (copy + process) / (EVERY * ofStep + process)));
    }
  }

  /** CPU seconds of the threads that write checkpoints: ours, and those of Hadoop's S3 client. */
  private static double uploaders() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    double seconds = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().matches("checkpoint-writer|.*s3a.*")) {
        seconds += Math.max(0, threads.getThreadCpuTime(thread.getThreadId())) / 1e9;
      }
    }
    return seconds;
  }

  /** 16 examples, as a job has by default. */
  private static List<Example> batch(TrainingClient run) {
    List<Example> batch = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      String sentence = "On Monday Anna gave %d red cups to Leo at the inn. ".formatted(i);
      batch.add(run.example(sentence.repeat(5)));
    }
    return batch;
  }

  private static void step(TrainingClient run, List<Example> batch) {
    run.trainBatch(batch, new CrossEntropy(), ADAM);
  }

  private static double since(long cpu) {
    return (SYSTEM.getProcessCpuTime() - cpu) / 1e9;
  }
}
