package ai.signal.job;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Starts a Spark session; what Spark refuses is one line that names the setting. */
final class SparkStart {
  private static volatile Thread starting; // null unless Spark is being started

  private SparkStart() {}

  /**
   * Starts a session, with all that it reads from its settings.
   *
   * @param conf the settings that it will have
   * @throws SparkStartException when Spark does not start
   */
  static SparkSession session(SparkSession.Builder builder, SparkConf conf) {
    SparkSettings settings = new SparkSettings(conf);
    settings.requireUsable();
    starting = Thread.currentThread();
    SparkSession spark = null;
    try {
      spark = builder.getOrCreate();
      spark.conf().getAll(); // reads the settings of SQL, which a session does not do by itself
      return spark;
    } catch (Throwable e) { // Spark's own, which no method declares, included
      if (spark != null) {
        spark.stop();
      }
      if (SparkProblem.in(e).isPresent() || StopHook.isStopping()) {
        throw e;
      }
      throw settings.refusal(e);
    } finally {
      starting = null;
    }
  }

  /**
   * The class of Spark that has ended this process while Spark was started; empty when something
   * else, such as a signal, ends it.
   */
  static Optional<String> exited() {
    Thread thread = starting;
    if (thread == null) {
      return Optional.empty();
    }
    List<StackTraceElement> stack = Arrays.asList(thread.getStackTrace());
    if (stack.stream().noneMatch(frame -> frame.getMethodName().equals("exit"))) {
      return Optional.empty();
    }
    return stack.stream()
        .map(StackTraceElement::getClassName)
        .filter(name -> name.startsWith("org.apache.spark."))
        .map(name -> name.replaceFirst(".*\\.", "").replaceFirst("\\$.*", ""))
        .findFirst();
  }
}
