package ai.signal.job;

import ai.signal.model.HostCache;
import ai.signal.spec.Names;
import ai.signal.storage.StoreProblem;
import ai.signal.storage.StoreProblem.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.SparkConf;
import scala.Tuple2;

/**
 * Signal's own settings among those of Spark, which takes any name and leaves every value to the
 * code that reads it.
 */
final class SignalSettings {
  private static final String PREFIX = "spark.signal.";
  private static final String SHUFFLE_ABOVE = "spark.signal.reduction.shuffleAbove";

  /** The settings that a user may write. */
  static final List<String> NAMES =
      List.of(HostCache.DIRECTORY, "spark.signal.nvidiaSmi", SHUFFLE_ABOVE);

  private SignalSettings() {}

  /**
   * Checks settings before anything uses them. The directory of caches is made where it does not
   * exist.
   *
   * @throws SparkStartException for the first that is not known or has no valid value
   */
  static void require(SparkConf conf) {
    for (Tuple2<String, String> setting : conf.getAll()) {
      String name = setting._1();
      if (name.toLowerCase(Locale.ROOT).startsWith(PREFIX)
          && !NAMES.contains(name)
          && !name.equals(SparkJob.PLANNED_MASTER)) {
        String near = Names.nearest(name, NAMES).map(", did you mean %s?"::formatted).orElse(",");
        throw refused(
            "%s is not a setting%s allowed: %s".formatted(name, near, String.join(", ", NAMES)));
      }
    }
    if (conf.contains(SHUFFLE_ABOVE)) {
      requireSize(conf);
    }
    requireCache();
  }

  private static void requireSize(SparkConf conf) {
    try {
      conf.getSizeAsBytes(SHUFFLE_ABOVE);
    } catch (IllegalArgumentException e) { // NumberFormatException included
      throw refused(
          "%s=%s is refused, allowed: a size such as 64m"
              .formatted(SHUFFLE_ABOVE, conf.get(SHUFFLE_ABOVE)));
    }
  }

  private static void requireCache() {
    try {
      Optional<String> problem = HostCache.problem();
      if (problem.isPresent()) {
        throw refused(problem.get());
      }
    } catch (IOException e) {
      Optional<StoreProblem> store = StoreProblem.of(e);
      if (store.isPresent() && store.get().kind() == Kind.FULL) {
        throw new UncheckedIOException(e); // nothing is wrong with the setting
      }
      throw refused(
          "%s=%s is refused: no directory can be made or written there; name another"
              .formatted(HostCache.DIRECTORY, HostCache.root()));
    }
  }

  private static SparkStartException refused(String problem) {
    return new SparkStartException(problem, true, null);
  }
}
