package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationFactory;
import org.junit.jupiter.api.Test;

/** What the logging of submit.sh lets through to standard error. */
class LoggingTest {
  private static final Path SOURCES = Path.of("src/main/java");

  @Test
  void noInfoOfOursIsPrinted() throws IOException {
    Configuration logging =
        ConfigurationFactory.getInstance()
            .getConfiguration(
                new LoggerContext("test"), "test", Path.of("conf/log4j2.properties").toUri());
    logging.initialize();
    List<String> classes = classesThatLogInfo();
    assertThat(classes).contains("ai.signal.checkpoint.Attempts");
    for (String name : classes) {
      assertThat(logging.getLoggerConfig(name).getLevel().isMoreSpecificThan(Level.WARN))
          .as(name)
          .isTrue();
    }
  }

  private static List<String> classesThatLogInfo() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .filter(path -> path.toString().endsWith(".java") && logsInfo(path))
          .map(path -> SOURCES.relativize(path).toString().replace(".java", "").replace('/', '.'))
          .toList();
    }
  }

  private static boolean logsInfo(Path file) {
    try {
      return Files.readString(file).contains("LOG.info(");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
