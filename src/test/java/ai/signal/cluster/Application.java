package ai.signal.cluster;

import ai.signal.ChildJvm;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;

/** A Spark application in a JVM of its own, which may start executors and answers in JSON. */
final class Application {
  /**
   * JVMs that are sooner at work than they would be by themselves, and run as fast for a minute.
   */
  static final String JVM_OPTIONS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1";

  private static final ObjectMapper JSON = new ObjectMapper();

  private Application() {}

  /** Runs a main class that calls {@link #answer}. */
  static <T> T run(Class<?> main, Object question, Class<T> answer) throws IOException {
    return run("-Xmx1g " + JVM_OPTIONS, main, question, answer);
  }

  /** The same with other options of the driver's JVM. */
  static <T> T run(String options, Class<?> main, Object question, Class<T> answer)
      throws IOException {
    String printed =
        ChildJvm.run(
            SparkHome.environment(),
            List.of(options.split(" ")),
            main,
            JSON.writeValueAsString(question));
    return JSON.readValue(printed, answer);
  }

  /** What {@link #run} was given, in the other JVM. */
  static <T> T question(String[] args, Class<T> type) throws IOException {
    return JSON.readValue(args[0], type);
  }

  /** Ends this JVM, which had executors and would not end by itself. */
  static void answer(Callable<?> work) {
    int status = 1;
    try {
      System.out.println(JSON.writeValueAsString(work.call()));
      status = 0;
    } catch (Exception e) {
      LoggerFactory.getLogger(Application.class).error("The application failed", e);
    } finally {
      System.exit(status);
    }
  }
}
