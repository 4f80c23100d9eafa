package ai.signal.job;

import java.nio.file.Path;

/** Paths as people write and read them. */
final class Locations {
  private Locations() {}

  /**
   * As Hadoop takes it: a path without a scheme is on this machine, whatever Hadoop's default. With
   * one slash, since no host or user can follow: a file may be called {@code a:b@c} or {@code a#b}.
   */
  static String uri(String path) {
    return SpecPaths.hasScheme(path) ? path : "file:" + path;
  }

  /** Whether the driver's own file system has it. */
  static boolean isLocal(String path) {
    return !SpecPaths.hasScheme(path) || path.startsWith("file:");
  }

  /** The path of a local location, without its scheme. */
  static String local(String path) {
    return SpecPaths.hasScheme(path) ? new org.apache.hadoop.fs.Path(path).toUri().getPath() : path;
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
