package ai.signal.cluster;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;

/** Cores that Spark gave this executor; it may have fewer than its host. */
final class ExecutorCores {
  /** How Spark starts an executor, whatever the cluster manager. */
  private static final Pattern ARGUMENT = Pattern.compile("ExecutorBackend .*--cores (\\d+)");

  /** {@code local}, or with a number of threads that is not the host's. */
  private static final Pattern LOCAL = Pattern.compile("local(?:\\[(\\d+)(?:,\\s*\\d+)?])?");

  private ExecutorCores() {}

  static int here(SparkConf conf) {
    Matcher local = LOCAL.matcher(conf.get("spark.master", ""));
    return of(
        local.matches()
            ? local.group(1) == null ? 1 : Integer.parseInt(local.group(1))
            : conf.getInt("spark.executor.cores", 0),
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
