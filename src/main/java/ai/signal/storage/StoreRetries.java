package ai.signal.storage;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bounds the retries of a store's own client, and reports them while they last. */
public final class StoreRetries {
  private static final Logger LOG = LoggerFactory.getLogger(StoreRetries.class);

  /**
   * Hadoop 3.3 tries 20 times below each of its own tries, so that a store that is down is noticed
   * after a quarter of an hour; later releases try 5 times.
   */
  private static final String ATTEMPTS = "fs.s3a.attempts.maximum";

  private static final int BOUNDED = 5;
  private static final Set<String> DEFAULTS = Set.of("core-default.xml");
  private static final Duration PERIOD = Duration.ofSeconds(30);

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

  /**
   * A file system whose operations say every half minute that they are pending; that of this
   * machine's disk as it is. Closing it closes the one that is given.
   */
  public static FileSystem watched(FileSystem files, Configuration conf) {
    if (files.getUri().getScheme().equals("file")) {
      return files;
    }
    Duration longest = files.getUri().getScheme().equals("s3a") ? longest(conf) : Duration.ZERO;
    return new WatchedFileSystem(
        files, new StoreWatch(files.getUri().toString(), longest, PERIOD, LOG::warn));
  }

  /**
   * The longest time for which S3A repeats a request that gets no connection: its own tries with
   * pauses that double, and below each the tries of Amazon's client, with a pause of 100 ms that
   * doubles.
   */
  static Duration longest(Configuration conf) {
    int tries = conf.getInt("fs.s3a.retry.limit", 7);
    int attempts = conf.getInt(ATTEMPTS, BOUNDED);
    double interval =
        conf.getTimeDuration("fs.s3a.retry.interval", 500, TimeUnit.MILLISECONDS) / 1e3;
    double connect =
        conf.getTimeDuration("fs.s3a.connection.establish.timeout", 5_000, TimeUnit.MILLISECONDS)
            / 1e3;
    double request = (attempts + 1) * connect;
    for (int retry = 0; retry < attempts; retry++) {
      request += Math.min(20, 0.1 * Math.pow(2, retry));
    }
    double pauses = 0;
    for (int retry = 1; retry <= tries; retry++) {
      pauses += 1.5 * interval * Math.pow(2, retry); // a random factor from 0.5 to 1.5
    }
    return Duration.ofSeconds(Math.round((tries + 1) * request + pauses));
  }
}
