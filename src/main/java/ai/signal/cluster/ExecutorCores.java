package ai.signal.cluster;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;

/** Cores that Spark gave this executor; it may have fewer than its host. */
final class ExecutorCores {
  /** How Spark starts an executor, whatever the cluster manager. */
  private static final Pattern ARGUMENT = Pattern.compile("ExecutorBackend .*--cores (\\d+)");

  private ExecutorCores() {}

  static int here(SparkConf conf) {
    return of(
        conf.getInt("spark.executor.cores", 0),
        System.getProperty("sun.java.command", ""),
        Runtime.getRuntime().availableProcessors());
  }

  /**
   * @param asked 0 where the application does not say: a standalone executor then takes all that
   *     its worker has
   * @param command of this JVM
   * @param host processors
   */
  static int of(int asked, String command, int host) {
    Matcher argument = ARGUMENT.matcher(command);
    return Math.min(
        host, argument.find() ? Integer.parseInt(argument.group(1)) : asked == 0 ? host : asked);
  }
}
