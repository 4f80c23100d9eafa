package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README.md shows works as it stands there. */
class ReadmeExampleTest {
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

  @Test
  void theOverridesShownAreAllowed() throws IOException {
    JobSpec spec =
        SpecReader.read(
            Path.of("jobs/quickstart.yaml"),
            List.of(
                "name=mine",
                "output=runs/mine",
                "model.base=/models/SmolLM2-135M",
                "stages=[{train: {data: {path: my.jsonl}, epochs: 2}}, {save: {mode: adapter}}]"));
    assertThat(spec.stages()).hasSize(2);
    assertThat(String.join("\n", block("")))
        .contains(
            "'stages=[{train: {data: {path: my.jsonl}, epochs: 2}}, {save: {mode: adapter}}]'");
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
