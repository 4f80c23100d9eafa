package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.signal.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignalSettingsTest {
  private static final String CACHE = "spark.signal.cache.dir";

  @TempDir Path directory;

  @BeforeEach
  void noSession() {
    SparkExtension.stop();
  }

  @AfterEach
  void forget() {
    System.clearProperty(CACHE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/dev/null | =/dev/null is refused: it is not a directory; name one that can be written",
        "FIFO | =FIFO is refused: it is not a directory; name one that can be written",
        "FIFO/a | =FIFO/a is refused: no directory can be made or written there; name another",
        "/proc/1 | =/proc/1 is refused: no directory can be made or written there; name another",
        "'' | ' is refused: the location is empty; name a path or a URI'",
        "s3a://bucket/x | =s3a://bucket/x is refused, allowed: a directory of this machine",
        "s3a://k:secret@b/x | ' is refused: the s3a: location carries a password before the @'"
      })
  void aCacheThatIsNoDirectoryIsOneLine(String value, String expected) throws Exception {
    Path fifo = directory.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    System.setProperty(CACHE, value.replace("FIFO", fifo.toString()));
    Throwable refusal = catchThrowable(() -> SignalSettings.require(new SparkConf()));
    assertThat(refusal).isNotNull();
    assertThat(Failures.line(refusal))
        .startsWith("Cannot start Spark: " + CACHE + expected.replace("FIFO", fifo.toString()))
        .doesNotContain("secret");
    assertThat(Failures.isOfTheUser(refusal)).isTrue();
  }

  @Test
  void aCacheIsMade() {
    Path cache = directory.resolve("a/cache");
    System.setProperty(CACHE, cache.toString());
    SignalSettings.require(new SparkConf());
    assertThat(cache).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spark.signal.cache_dir | 1 | is not a setting, did you mean spark.signal.cache.dir?",
        "spark.signal.shuffleAbove | 1 | is not a setting",
        "Spark.Signal.nvidiaSmi | 1 | is not a setting, did you mean spark.signal.nvidiaSmi?",
        "spark.signal.reduction.shuffleAbove | much | =much is refused, allowed: a size such as 64m",
        "spark.signal.reduction.shuffleAbove | -1 | =-1 is refused, allowed: a size such as 64m"
      })
  void whatIsNotKnownIsRefused(String name, String value, String expected) {
    SparkConf conf = new SparkConf(false).set(name, value);
    Throwable refusal = catchThrowable(() -> SignalSettings.require(conf));
    assertThat(refusal).isNotNull();
    assertThat(Failures.line(refusal)).startsWith("Cannot start Spark: " + name).contains(expected);
    assertThat(Failures.isOfTheUser(refusal)).isTrue();
  }

  /** A setting that the code reads and the list does not name would be refused. */
  @Test
  void everySettingOfTheCodeIsKnown() throws IOException {
    Pattern literal = Pattern.compile("\"(spark\\.signal\\.[A-Za-z.]*[A-Za-z])\"");
    Set<String> read = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        Matcher name = literal.matcher(Files.readString(file));
        while (name.find()) {
          read.add(name.group(1));
        }
      }
    }
    read.remove(SparkJob.PLANNED_MASTER);
    assertThat(SignalSettings.NAMES).containsExactlyElementsOf(read);
  }
}
