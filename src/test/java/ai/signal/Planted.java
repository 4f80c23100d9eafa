package ai.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * Paths with credentials, and a watch over all places where one could appear: file systems, the log
 * at every level, standard output and standard error.
 */
public final class Planted implements AutoCloseable {
  public static final String SECRET = "PLANTED";

  /** One of each kind of credentials that any file system could be asked for. */
  public static final List<String> PATHS =
      List.of(
          "planted://anna:PLANTED@bucket/x",
          "planted:/anna:PLANTED@bucket/x",
          "Planted://anna%3APLANTED%40bucket/x",
          "planted://bucket/x?X-Amz-Signature=PLANTED",
          "planted://bucket/x?ticket=PLANTED",
          "planted://bucket/x#PLANTED",
          "planted://bucket/x;jsessionid=PLANTED",
          "planted://anna:PLANTED/x",
          "planted://anna\uff1aPLANTED\uff20bucket/x",
          "planted://bucket/AccountKey=PLANTED/x",
          "planted://bucket/ghp_PLANTEDPLANTEDPLANTED/x",
          "/runs/eyJPLANTED.eyJPLANTED.PLANTED");

  private final Configuration conf;
  private final LoggerContext logging = (LoggerContext) LogManager.getContext(false);
  private final Map<LoggerConfig, Level> levels = new HashMap<>();
  private final List<String> leaks = new CopyOnWriteArrayList<>();
  private final AtomicLong events = new AtomicLong();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final Appender appender =
      new AbstractAppender("planted", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
          events.incrementAndGet();
          String text =
              event.getMessage().getFormattedMessage()
                  + (event.getThrown() == null ? "" : trace(event.getThrown()));
          if (text.contains(SECRET)) {
            leaks.add(event.getLoggerName() + ": " + text);
          }
        }
      };

  /**
   * Begins to watch.
   *
   * @param conf that the watched code reaches file systems by
   */
  public Planted(Configuration conf) {
    this.conf = conf;
    conf.set(PlantedFileSystem.SETTING, PlantedFileSystem.class.getName());
    PlantedFileSystem.SEEN.clear();
    appender.start();
    for (LoggerConfig logger : logging.getConfiguration().getLoggers().values()) {
      levels.put(logger, logger.getLevel());
      for (Appender console : List.copyOf(logger.getAppenders().values())) {
        logger.removeAppender(console.getName());
        logger.addAppender(console, logger.getLevel(), null); // shows what it showed
      }
      logger.setLevel(Level.ALL);
    }
    logging.getConfiguration().getRootLogger().addAppender(appender, Level.ALL, null);
    logging.updateLoggers();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
  }

  /** Requires that a call refuses its path, and says so without repeating it. */
  public static void refused(String what, ThrowingCallable call) {
    Throwable failure = catchThrowable(call);
    assertThat(failure).as("%s refuses", what).isNotNull();
    assertThat(trace(failure))
        .as(what)
        .containsPattern("(location|text) carries a ")
        .doesNotContain(SECRET, "anna");
  }

  /** Requires that nothing saw a secret, or its path, since the watch began. */
  public void requireUnseen() {
    LogManager.getLogger(Planted.class).trace("the watch is on");
    assertThat(events.get()).as("events of the log").isPositive();
    assertThat(PlantedFileSystem.SEEN).as("file systems").isEmpty();
    assertThat(leaks).as("log").isEmpty();
    assertThat(printed.toString(StandardCharsets.UTF_8)).as("printed").doesNotContain(SECRET);
  }

  private static String trace(Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace, true));
    return trace.toString();
  }

  @Override
  public void close() {
    System.setOut(out);
    System.setErr(err);
    logging.getConfiguration().getRootLogger().removeAppender("planted");
    levels.forEach(
        (logger, level) -> {
          logger.setLevel(level);
          for (Appender console : List.copyOf(logger.getAppenders().values())) {
            logger.removeAppender(console.getName());
            logger.addAppender(console, null, null);
          }
        });
    logging.updateLoggers();
    conf.unset(PlantedFileSystem.SETTING);
  }
}
