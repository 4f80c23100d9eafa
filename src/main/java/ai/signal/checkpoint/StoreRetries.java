package ai.signal.checkpoint;

import java.util.Arrays;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/** How long a store's own client tries again. */
public final class StoreRetries {
  /**
   * Hadoop 3.3 tries 20 times below each of its own tries, so that a store that is down is noticed
   * after a quarter of an hour; later releases try 5 times.
   */
  private static final String ATTEMPTS = "fs.s3a.attempts.maximum";

  private static final int BOUNDED = 5;
  private static final Set<String> DEFAULTS = Set.of("core-default.xml");

  private StoreRetries() {}

  /** A copy of settings in which tries are few where nobody has set them. */
  public static Configuration bounded(Configuration conf) {
    Configuration bounded = new Configuration(conf);
    String[] sources = conf.getPropertySources(ATTEMPTS);
    if (sources == null || DEFAULTS.containsAll(Arrays.asList(sources))) {
      bounded.setInt(ATTEMPTS, BOUNDED);
    }
    return bounded;
  }
}
