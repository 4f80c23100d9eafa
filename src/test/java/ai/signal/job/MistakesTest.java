package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every row of docs/mistakes.md: the exit status, the one line, and nothing written. */
class MistakesTest {
  /** What these test is the script, or what comes after it has started Java. */
  private static final Set<String> OF_SUBMIT = Set.of("Starting", "Spark");

  /** A store that nobody serves, given up soon. */
  private static final Map<String, String> DEAD =
      Map.of(
          "spark.hadoop.fs.s3a.endpoint", "http://127.0.0.1:1",
          "spark.hadoop.fs.s3a.access.key", "a",
          "spark.hadoop.fs.s3a.secret.key", "b",
          "spark.hadoop.fs.s3a.attempts.maximum", "1",
          "spark.hadoop.fs.s3a.retry.limit", "1",
          "spark.hadoop.fs.s3a.retry.interval", "1ms",
          "spark.hadoop.ipc.client.connect.max.retries", "0");

  @TempDir static Path directory;
  private static SubmitHome home;

  @BeforeAll
  static void layOut() throws IOException {
    SparkExtension.stop();
    home = SubmitHome.in(directory.resolve("home"));
    Mistakes.write(home.path().resolve("mistakes"));
    dead();
  }

  static void dead() {
    DEAD.forEach(System::setProperty);
  }

  @AfterAll
  static void forget() {
    DEAD.keySet().forEach(System::clearProperty);
  }

  @TestFactory
  Stream<DynamicTest> everyRowIsTrue() throws IOException {
    List<Mistakes.Row> rows = Mistakes.rows();
    assertThat(rows).hasSizeGreaterThan(150);
    return rows.stream()
        .map(
            row -> DynamicTest.dynamicTest(row.section() + ": " + row.command(), () -> check(row)));
  }

  private static void check(Mistakes.Row row) throws IOException {
    List<String> before = files();
    SubmitHome.Ended ended = run(home, row);
    String printed = ended.err().replace(home.path() + "/", "");
    assertThat(printed.lines().toList()).as(ended.out()).hasSize(1);
    assertThat(printed.strip()).matches(row.pattern());
    assertThat(ended.status()).isEqualTo(row.status());
    assertThat(files()).as("what was written").isEqualTo(before);
  }

  private static List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(home.path().resolve("mistakes"))) {
      return all.map(Path::toString).sorted().toList();
    }
  }

  static SubmitHome.Ended run(SubmitHome home, Mistakes.Row row) throws IOException {
    List<String> arguments = row.arguments().stream().map(text -> placed(home, text)).toList();
    if (OF_SUBMIT.contains(row.section())) {
      Map<String, String> environment = new HashMap<>();
      row.environment().forEach((name, value) -> environment.put(name, placed(home, value)));
      return home.run(environment, arguments);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status = SignalJob.execute(stream(out), stream(err), arguments.toArray(String[]::new));
    return new SubmitHome.Ended(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** The test's own files, wherever it runs. */
  private static String placed(SubmitHome home, String text) {
    return text.replaceFirst("(^|=)mistakes", "$1" + home.path().resolve("mistakes"));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
