package ai.signal.job;

import java.nio.file.Path;

/** Paths as people write and read them. */
final class Locations {
  private Locations() {}

  /** As Hadoop takes it: a path without a scheme is on this machine, whatever Hadoop's default. */
  static String uri(String path) {
    return SpecPaths.hasScheme(path) ? path : "file://" + path;
  }

  /** Whether the driver's own file system has it. */
  static boolean isLocal(String path) {
    return !SpecPaths.hasScheme(path) || path.startsWith("file:");
  }

  /** The path of a local location, without its scheme. */
  static String local(String path) {
    return SpecPaths.hasScheme(path) ? new org.apache.hadoop.fs.Path(path).toUri().getPath() : path;
  }

  /**
   * A path with {@code ~} written out, as shells do it at the start of a word.
   *
   * @throws IllegalArgumentException for the home of another user
   */
  static String expanded(String path) {
    if (!path.startsWith("~")) {
      return path;
    }
    if (!path.equals("~") && !path.startsWith("~/")) {
      throw new IllegalArgumentException(
          "'%s' is refused, allowed: ~/..., the home of this user".formatted(path));
    }
    String home = System.getenv().getOrDefault("HOME", System.getProperty("user.home"));
    return home + path.substring(1);
  }

  /** Relative to the current directory where it lies below. */
  static String shown(String path) {
    Path here = Path.of("").toAbsolutePath();
    if (SpecPaths.hasScheme(path) || !Path.of(path).startsWith(here)) {
      return path;
    }
    String relative = here.relativize(Path.of(path)).toString();
    return relative.isEmpty() ? "." : relative;
  }
}
