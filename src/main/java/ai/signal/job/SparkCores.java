package ai.signal.job;

import ai.signal.spec.ClusterSpec;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;

/**
 * Limits of the cores in Spark's settings. Spark takes any number: it starts a thread, or divides
 * every stage into a task, for each of them, so that the driver seems to hang or ends.
 */
final class SparkCores {
  private static final String MASTER = "spark.master";
  private static final List<String> SETTINGS =
      List.of("spark.executor.cores", "spark.driver.cores", "spark.task.cpus");

  /** Local masters: threads, or the executors of a local cluster and the cores of each. */
  private static final Pattern LOCAL =
      Pattern.compile(
          "\\s*local(?:-cluster)?\\[\\s*(\\d+)\\s*(?:,\\s*(\\d+|\\*)\\s*)?(?:,\\s*\\d+\\s*)?\\]\\s*");

  private static final Pattern WHOLE = Pattern.compile("\\s*[+-]?\\d+\\s*");

  private SparkCores() {}

  /**
   * Checks settings before Spark starts. What is no number at all is refused by Spark itself.
   *
   * @throws SparkStartException for the first that is out of range
   */
  static void require(SparkConf conf) {
    String master = conf.get(MASTER, "");
    Matcher local = LOCAL.matcher(master);
    if (local.matches()
        && (isOutOfRange(local.group(1))
            || (master.contains("cluster")
                && local.group(2) != null
                && isOutOfRange(local.group(2))))) {
      throw refused(MASTER, "local with 1 to %d threads", master);
    }
    for (String setting : SETTINGS) {
      String cores = conf.get(setting, "1");
      if (WHOLE.matcher(cores).matches() && isOutOfRange(cores)) {
        throw refused(setting, "1 to %d", cores);
      }
    }
  }

  private static boolean isOutOfRange(String digits) {
    try {
      int cores = Integer.parseInt(digits.strip());
      return cores < 1 || cores > ClusterSpec.MOST_THREADS;
    } catch (NumberFormatException e) {
      return !digits.equals("*");
    }
  }

  private static SparkStartException refused(String setting, String allowed, String value) {
    return new SparkStartException(
        "%s should be %s, but was %s"
            .formatted(
                setting, allowed.formatted(ClusterSpec.MOST_THREADS), value.replaceAll("\\s+", "")),
        true,
        null);
  }
}
