package ai.signal.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * What a step costs beside computing: the time of forward_backward and optim_step less the slowest
 * lane's forward, loss and backward, for adapters of several sizes on several masters, and the
 * bytes that the driver receives. The model has one layer and a sequence a few tokens, so that
 * there is little else.
 *
 * <pre>{@code mvn -q test-compile exec:exec@benchmark -Dbenchmark=Overhead}</pre>
 *
 * <p>Arguments choose: {@code masters=local[2],local-cluster[2,1,2048] millions=1,5 lanes=2
 * steps=20}, others are Spark's settings.
 */
final class OverheadBenchmark {
  private static final String MODEL =
      """
      {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "hidden_size": 512,
       "intermediate_size": 2048, "num_hidden_layers": 1, "num_attention_heads": 8, "num_key_value_heads": 8,
       "head_dim": 64, "vocab_size": 905, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
       "tie_word_embeddings": true, "max_position_embeddings": 512, "eos_token_id": 2}
      """;

  private OverheadBenchmark() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Options options = Options.of(args);
    Path directory = Files.createTempDirectory("signal-benchmark");
    try {
      RandomModel.write(directory.resolve("model"), MODEL);
      for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
        try (InputStream in =
            OverheadBenchmark.class.getResourceAsStream("/ai/signal/models/tiny/" + file)) {
          Files.copy(in, directory.resolve("model").resolve(file));
        }
      }
      // Spark starts executors where there is something like a distribution.
      Path home = Files.createDirectories(directory.resolve("spark-home"));
      Files.createDirectories(home.resolve("jars"));
      Files.writeString(home.resolve("RELEASE"), "Spark, from the class path");
      System.out.println(OverheadSteps.HEADER);
      for (String master : options.masters()) {
        for (double millions : options.millions()) {
          for (int lanes : options.lanes()) {
            run(directory, master, millions, lanes, options);
          }
        }
      }
    } finally {
      delete(directory);
    }
  }

  /** In a JVM of its own, with a heap for the adapter. */
  private static void run(
      Path directory, String master, double millions, int lanes, Options options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    command.add("-Xmx" + (millions > 100 ? "10g" : "3g"));
    command.addAll(options.java());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(OverheadSteps.class.getName());
    command.addAll(
        List.of(
            directory.resolve("model").toString(),
            master,
            String.format(Locale.ROOT, "%.3f", millions),
            Integer.toString(lanes),
            Integer.toString(options.steps())));
    command.addAll(options.settings());
    Path log = directory.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(log.toFile())
            .directory(directory.toFile());
    builder.environment().put("SPARK_HOME", directory.resolve("spark-home").toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    if (builder.start().waitFor() != 0) {
      System.out.println(Files.readString(log));
    }
  }

  private record Options(
      List<String> masters,
      List<Double> millions,
      List<Integer> lanes,
      int steps,
      List<String> java,
      List<String> settings) {

    static Options of(String... args) {
      List<String> masters =
          List.of(
              "local[2]",
              "local-cluster[1,1,2048]",
              "local-cluster[2,1,2048]",
              "local-cluster[3,1,2048]");
      List<Double> millions = List.of(1.0, 5.0, 40.0);
      List<Integer> lanes = List.of(2);
      int steps = 40;
      List<String> java = List.of();
      List<String> settings = new ArrayList<>();
      for (String arg : args) {
        String value = arg.substring(arg.indexOf('=') + 1);
        switch (arg.substring(0, arg.indexOf('='))) {
          case "masters" -> masters = List.of(value.split(",(?=local)"));
          case "millions" -> millions = Stream.of(value.split(",")).map(Double::valueOf).toList();
          case "lanes" -> lanes = Stream.of(value.split(",")).map(Integer::valueOf).toList();
          case "steps" -> steps = Integer.parseInt(value);
          case "java" -> java = List.of(value.split(" "));
          default -> settings.add(arg);
        }
      }
      return new Options(masters, millions, lanes, steps, java, settings);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
