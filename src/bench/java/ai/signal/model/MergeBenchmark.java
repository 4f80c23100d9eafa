package ai.signal.model;

import ai.signal.ChildJvm;
import ai.signal.SparkExtension;
import ai.signal.client.MergeJob;
import ai.signal.client.MergeOptions;
import ai.signal.client.SavedState;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.LoraConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Time and memory of merging an adapter into a model several times as large as the heap, driver and
 * two tasks at a time in one JVM.
 */
final class MergeBenchmark {
  private static final String HEAP = "512m"; // about the least that Spark starts with

  private static final String LLAMA_600M =
      """
      {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "hidden_size": 2048,
       "intermediate_size": 8192, "num_hidden_layers": 8, "num_attention_heads": 16, "num_key_value_heads": 16,
       "vocab_size": 32000, "tie_word_embeddings": true, "max_position_embeddings": 2048, "eos_token_id": 0}
      """;

  private static final LoraConfig LORA = new LoraConfig(16, 32, 0, List.of("all-linear"));

  private MergeBenchmark() {}

  /** Prints a table; each row is a JVM of its own. */
  public static void main(String[] args) throws IOException {
    if (args.length > 0) {
      System.out.print(measure(Path.of(args[0]), args[1].equals("dora"), args[2]));
      System.exit(0); // Spark's threads stay
    }
    Path directory = Files.createTempDirectory("merge-benchmark");
    RandomModel.write(directory.resolve("base"), LLAMA_600M);
    System.out.println(
        "| adapter | written in | base, MB | merged, MB | heap, MB | peak RSS, MB | s | MB/s read |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    for (String adapter : List.of("lora", "dora")) {
      for (String dtype : List.of("float32", "bfloat16")) {
        System.out.print(
            ChildJvm.run(
                Map.of("SPARK_LOCAL_IP", "127.0.0.1"),
                List.of("-Xmx" + HEAP),
                MergeBenchmark.class,
                directory.toString(),
                adapter,
                dtype));
      }
    }
    delete(directory);
  }

  private static String measure(Path directory, boolean dora, String dtype) throws IOException {
    Path base = directory.resolve("base");
    Path merged = directory.resolve("merged");
    LoraConfig lora = LORA.withDora(dora);
    float[] values = new float[AdapterLayout.of(ModelDirectory.open(base).config(), lora).size()];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-0.01, 0.01);
    }
    JavaSparkContext spark =
        JavaSparkContext.fromSparkContext(SparkExtension.start("local[2]").sparkContext());
    MergeOptions options =
        MergeOptions.DEFAULT.withDtype(DType.ofSpec(dtype)).withMaxShardSize("300MB");
    long start = System.nanoTime();
    SavedState saved =
        new MergeJob(spark, "benchmark", base.toString(), lora, options)
            .save(values, merged.toString());
    double seconds = (System.nanoTime() - start) / 1e9;
    double read = Files.size(base.resolve("model.safetensors")) / 1e6;
    delete(merged);
    return String.format(
        Locale.ROOT,
        "| %s, %.1f M values | %s | %.0f | %.0f | %d | %.0f | %.1f | %.0f |%n",
        dora ? "DoRA" : "LoRA",
        values.length / 1e6,
        dtype,
        read,
        saved.bytes() / 1e6,
        Runtime.getRuntime().maxMemory() / 1_000_000,
        peak() / 1e3,
        seconds,
        read / seconds);
  }

  /** KiB that this process had in memory at most, as Linux tells. */
  private static double peak() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1.024)
          .findFirst()
          .orElseThrow();
    }
  }

  private static void delete(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(directory)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }
}
