package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What README.md shows works as it stands there. */
class ReadmeExampleTest {
  /** Its head is its embedding, as in most small models that people start from. */
  private static final Path TIED =
      Path.of("src/test/resources/goldens/mha_tied_qv/model").toAbsolutePath();

  @TempDir Path directory;

  @Test
  void theJavaExampleCompilesLearnsAndSaves() throws Exception {
    Path source = Files.writeString(directory.resolve("Tour.java"), block("java").get(0));
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                messages,
                messages,
                "-cp",
                System.getProperty("java.class.path"),
                source.toString());
    assertThat(compiled).as(messages.toString(StandardCharsets.UTF_8)).isZero();

    List<String> printed = run(directory.resolve("adapter"));
    assertThat(printed).hasSize(21);
    assertThat(Double.parseDouble(printed.get(19)))
        .isLessThan(Double.parseDouble(printed.get(0)) / 2);
    assertThat(directory.resolve("adapter/adapter_model.safetensors")).isNotEmptyFile();
  }

  private List<String> run(Path adapter) throws Exception {
    PrintStream console = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    URL[] classes = {directory.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      Method main = loader.loadClass("Tour").getMethod("main", String[].class);
      main.invoke(null, (Object) new String[] {adapter.toString()});
    } finally {
      System.setOut(console);
      SparkSession.builder().getOrCreate().stop();
    }
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** Each job of a command block, with so little data and so few steps that it takes seconds. */
  @TestFactory
  Stream<DynamicTest> everyCommandRuns() throws IOException {
    SparkExtension.stop();
    List<String> commands = commands();
    assertThat(commands).hasSizeGreaterThan(4).anyMatch(command -> command.contains("sft.yaml"));
    return Stream.concat(
        commands.stream().map(command -> DynamicTest.dynamicTest(command, () -> run(command))),
        Stream.of(DynamicTest.dynamicTest("Spark stops", SparkExtension::stop)));
  }

  private void run(String command) throws IOException {
    SparkExtension.start("local[2]");
    List<String> words = new ArrayList<>(List.of(command.split(" +", -1)));
    assertThat(words.remove(0)).isEqualTo("./submit.sh");
    words.replaceAll(word -> word.replaceFirst("=/models/\\S+", "=" + TIED));
    words.replaceAll(word -> word.replaceFirst("=my.jsonl", "=" + few("quickstart-train.jsonl")));
    Path output = Files.createTempDirectory(directory, "output");
    words.add("output=" + output);
    words.addAll(shorter(command));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        SignalJob.execute(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            words.toArray(String[]::new));
    assertThat(status).as(err.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(output.resolve("adapter/adapter_model.safetensors").toFile().exists())
        .isNotEqualTo(command.contains("--dry-run"));
  }

  /** Overrides that leave a job its stages and keys. */
  private List<String> shorter(String command) {
    if (command.contains("quickstart.yaml")) {
      String few = few("quickstart-held-out.jsonl");
      return List.of(
          "stages.0.evaluate.data.path=" + few,
          "stages.1.train.steps=1",
          "stages.2.evaluate.data.path=" + few,
          "stages.3.sample.prompts.path=" + few("quickstart-prompts.jsonl"));
    }
    if (command.contains("dpo.yaml")) {
      String few = few("requests-held-out.jsonl");
      return List.of(
          "stages.0.sample.prompts.path=" + few,
          "stages.1.train.steps=1",
          "stages.2.sample.prompts.path=" + few);
    }
    if (command.contains("rl.yaml")) {
      String few = few("requests-held-out.jsonl");
      return List.of(
          "stages.0.sample.prompts.path=" + few,
          "stages.1.reinforce.steps=1",
          "stages.1.reinforce.group_size=2",
          "stages.1.reinforce.batch_size=2",
          "stages.2.sample.prompts.path=" + few);
    }
    return List.of(); // its data is few already
  }

  /** The first lines of a file of jobs/data. */
  private String few(String name) {
    try {
      List<String> lines = Files.readAllLines(Path.of("jobs/data", name));
      return Files.write(directory.resolve(name), lines.subList(0, Math.min(4, lines.size())))
          .toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The commands of all blocks, without comments. */
  private static List<String> commands() throws IOException {
    return block("").stream()
        .filter(block -> block.startsWith("./submit.sh"))
        .flatMap(block -> block.replace("\\\n", " ").lines())
        .map(line -> line.replaceFirst("\\s+#.*", "").strip())
        .toList();
  }

  private static List<String> block(String language) throws IOException {
    Pattern fence = Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$");
    return fence
        .matcher(Files.readString(Path.of("README.md")))
        .results()
        .map((MatchResult block) -> block.group(1))
        .toList();
  }
}
