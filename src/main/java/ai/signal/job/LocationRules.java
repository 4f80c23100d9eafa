package ai.signal.job;

import ai.signal.spec.SpecException;
import ai.signal.storage.StoreProblem;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Locations that cannot exist, found without contacting a store. */
final class LocationRules {
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  private static final Set<String> NO_FILES = Set.of("hf", "http", "https", "ftp");

  /** Schemes of stores that have to be named. */
  private static final Set<String> WITH_HOST =
      Set.of("hdfs", "webhdfs", "swebhdfs", "gs", "abfs", "abfss", "wasb", "wasbs");

  private LocationRules() {}

  /**
   * Accepts a location that its scheme allows and whose file system has a library here.
   *
   * @param key that holds it
   * @throws SpecException.Value otherwise
   */
  static void check(String key, String location, Configuration conf) {
    problem(location, conf)
        .ifPresent(
            problem -> {
              throw new SpecException.Value(
                  key, "= '%s' is refused: %s".formatted(Locations.shown(location), problem));
            });
  }

  /** What is wrong with a location; empty where a file system may have it. */
  static Optional<String> problem(String location, Configuration conf) {
    if (!SpecPaths.hasScheme(location)) {
      return Optional.empty();
    }
    String scheme = location.substring(0, location.indexOf(':'));
    if (NO_FILES.contains(scheme)) { // Hadoop reads web pages, but cannot list or write them
      return Optional.of("'%s:' is no file system; download it first".formatted(scheme));
    }
    if (!location.startsWith("/", scheme.length() + 1)) {
      return Optional.of(
          "a path after '%s:' begins with '/', allowed: %s"
              .formatted(
                  scheme,
                  scheme.equals("file") ? "file:///DIRECTORY/FILE" : scheme + "://HOST/PATH"));
    }
    Optional<String> nowhere = authority(scheme, location, conf);
    if (nowhere.isPresent()) {
      return nowhere;
    }
    Path path;
    try {
      path = new Path(location);
      FileSystem.getFileSystemClass(scheme, conf);
    } catch (IllegalArgumentException e) {
      return Optional.of("it is no location: " + e.getMessage());
    } catch (IOException | RuntimeException e) { // of a class that is missing
      return Optional.of(
          StoreProblem.of(e).map(StoreProblem::line).orElseGet(() -> Failures.line(e)));
    }
    return scheme.equals("file") && path.toUri().getAuthority() != null
        ? Optional.of("file: has no host, allowed: file:///DIRECTORY/FILE")
        : Optional.empty();
  }

  /** The problem of a location that has no host or bucket, or one that cannot be. */
  private static Optional<String> authority(String scheme, String location, Configuration conf) {
    String rest = location.substring(scheme.length() + 1);
    String authority = rest.startsWith("//") ? rest.substring(2).split("/", 2)[0] : "";
    if (scheme.equals("s3a")) {
      return bucket(authority);
    }
    boolean hasDefault = scheme.equals(FileSystem.getDefaultUri(conf).getScheme());
    return authority.isEmpty() && WITH_HOST.contains(scheme) && !hasDefault
        ? Optional.of("it names no host, allowed: %s://HOST/PATH".formatted(scheme))
        : Optional.empty();
  }

  private static Optional<String> bucket(String bucket) {
    if (bucket.isEmpty()) {
      return Optional.of("it names no bucket, allowed: s3a://BUCKET/PATH");
    }
    return BUCKET.matcher(bucket).matches() && !bucket.contains("..")
        ? Optional.empty()
        : Optional.of(
            "'%s' is no name of a bucket, allowed: 3 to 63 lower-case letters, digits, '.' and '-'"
                .formatted(bucket));
  }
}
