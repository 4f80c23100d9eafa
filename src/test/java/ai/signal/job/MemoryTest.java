package ai.signal.job;

import static org.assertj.core.api.Assertions.within;

import ai.signal.ChildJvm;
import ai.signal.SparkExtension;
import ai.signal.cluster.GpuOffer;
import ai.signal.cluster.MemoryEstimate;
import ai.signal.cluster.SparkHome;
import ai.signal.model.RandomWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code --dry-run} says that a job needs, against the largest size that processes had. */
class MemoryTest {
  private static final int TOKENS = 1024;
  private static final double MIB = 1 << 20;

  @TempDir Path directory;

  /** Runs a job on the master that is named first, and prints the peaks of driver and executor. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      Map<String, String> conf = new HashMap<>();
      conf.put("spark.executor.memory", "1g");
      conf.put("spark.executorEnv.MALLOC_ARENA_MAX", "2");
      conf.put("spark.broadcast.compress", "false");
      SparkSession spark = SparkExtension.start(args[0], conf);
      int status =
          SignalJob.execute(System.err, System.err, Arrays.copyOfRange(args, 1, args.length));
      System.out.println(peakMebibytes());
      System.out.println(
          JavaSparkContext.fromSparkContext(spark.sparkContext())
              .parallelize(List.of(0), 1)
              .map(task -> peakMebibytes())
              .first());
      System.exit(status);
    }

    private static long peakMebibytes() throws IOException {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElseThrow();
    }
  }

  /** Estimates and peaks, MiB. */
  private record Measured(double estimate, double peak) {}

  private Path job(String model, String lora, String dtype, boolean checkpointing, int lanes)
      throws IOException {
    Path base = Path.of(model);
    if (model.endsWith("M")) {
      base = directory.resolve(model);
      RandomWeights.write(base, model);
    }
    String text = "Anna has a red cup and ".repeat(TOKENS / 6).strip();
    Path data = directory.resolve("data.jsonl");
    Files.write(data, Collections.nCopies(8 * lanes, "{\"text\": \"" + text + "\"}"));
    Path spec = directory.resolve("job.yaml");
    Files.writeString(
        spec,
        """
        name: memory
        model: {base: '%s', dtype: %s}
        lora: {rank: 16, alpha: 32%s}
        output: %s
        cluster: {lanes: %d}
        stages:
          - train:
              data: {path: data.jsonl, max_length: 512}
              batch_size: %d
              tokens_per_microbatch: %d
              activation_checkpointing: %s
              steps: 3
        """
            .formatted(
                model.startsWith("builtin") ? model : base,
                dtype,
                lora.isEmpty() ? "" : ", " + lora,
                directory.resolve("out"),
                lanes,
                2 * lanes,
                TOKENS,
                checkpointing));
    return spec;
  }

  private List<Measured> measure(
      String model, String lora, String dtype, boolean checkpointing, int lanes, boolean cluster)
      throws IOException {
    Path file = job(model, lora, dtype, checkpointing, lanes);
    JobSpec given = SpecReader.read(file, List.of());
    JobModel known = JobModel.of(given);
    MemoryEstimate estimate =
        known.memory(
            given.resolve(known.config(), new GpuOffer(0, "", 1)),
            new MemoryEstimate.Work(lanes, lanes, TOKENS, checkpointing));
    Map<String, String> environment = new HashMap<>(SparkHome.environment());
    environment.put("MALLOC_ARENA_MAX", "2");
    List<Double> peaks =
        ChildJvm.run(
                environment,
                List.of("-Xmx1g"),
                Child.class,
                cluster ? "local-cluster[1,%d,1024]".formatted(lanes) : "local[2]",
                file.toString())
            .lines()
            .map(Double::parseDouble)
            .toList();
    return cluster
        ? List.of(
            new Measured(estimate.driver() / MIB, peaks.get(0)),
            new Measured(estimate.executor() / MIB, peaks.get(1)))
        : List.of(new Measured(estimate.local() / MIB, peaks.get(0)));
  }

  @ParameterizedTest
  @CsvSource({"builtin:tiny, float32, false, 2, false", "30M, bfloat16, true, 1, true"})
  void within20Percent(
      String model, String dtype, boolean checkpointing, int lanes, boolean cluster)
      throws IOException {
    within20Percent(model, "", dtype, checkpointing, lanes, cluster);
  }

  private void within20Percent(
      String model, String lora, String dtype, boolean checkpointing, int lanes, boolean cluster)
      throws IOException {
    SoftAssertions all = new SoftAssertions();
    for (Measured measured : measure(model, lora, dtype, checkpointing, lanes, cluster)) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %s | %d | %s | %.0f | %.0f | %+.0f %% |%n",
          model + (lora.isEmpty() ? "" : ", " + lora),
          dtype,
          checkpointing,
          lanes,
          cluster ? "cluster" : "local",
          measured.estimate,
          measured.peak,
          100 * (measured.estimate / measured.peak - 1));
      all.assertThat(measured.estimate).isCloseTo(measured.peak, within(0.2 * measured.peak));
    }
    all.assertAll();
  }

  @Tag("full")
  @ParameterizedTest
  @CsvSource({
    "builtin:tiny, bfloat16, false, 2, true",
    "30M, float32, false, 1, false",
    "30M, float32, false, 2, true",
    "30M, float32, true, 2, false",
    "30M, bfloat16, false, 2, false",
    "135M, float32, false, 1, true",
    "135M, float32, true, 2, false",
    "135M, bfloat16, false, 1, false",
    "135M, bfloat16, true, 2, true"
  })
  void within20PercentOfManyShapes(
      String model, String dtype, boolean checkpointing, int lanes, boolean cluster)
      throws IOException {
    within20Percent(model, dtype, checkpointing, lanes, cluster);
  }

  @Tag("full")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "30M | dora: true | float32 | false | 2 | false",
        "30M | dora: true | bfloat16 | false | 1 | true",
        "30M | 'modules_to_save: [embed_tokens, lm_head]' | float32 | false | 1 | true"
      })
  void within20PercentOfOtherAdapters(
      String model, String lora, String dtype, boolean checkpointing, int lanes, boolean cluster)
      throws IOException {
    within20Percent(model, lora, dtype, checkpointing, lanes, cluster);
  }
}
