package ai.signal.model;

import ai.signal.storage.Location;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Directories that the JVMs of this user on this host share: unpacked and copied models, lane
 * files. They lie under {@code spark.signal.cache.dir}, by default the JVM's directory for
 * temporary files, which on YARN is each container's own.
 */
public final class HostCache {
  /** The setting that names the directory. */
  public static final String DIRECTORY = "spark.signal.cache.dir";

  private HostCache() {}

  /** The directory that the caches of this host lie in. */
  public static Path root() {
    return configured()
        .map(path -> Location.of("Cannot use " + DIRECTORY, path).local())
        .orElse(Path.of(System.getProperty("java.io.tmpdir")));
  }

  /**
   * Why the configured directory cannot hold caches on this host; empty where it can, or where none
   * is configured. The directory is made where it does not exist.
   *
   * @return the setting and what is wrong with it, without credentials
   * @throws IOException where it cannot be made or written
   */
  public static Optional<String> problem() throws IOException {
    String path = configured().orElse(null);
    if (path == null) {
      return Optional.empty();
    }
    Optional<String> refused = Location.problem(path);
    if (refused.isPresent()) {
      return Optional.of("%s is refused: %s".formatted(DIRECTORY, refused.get()));
    }
    Path root;
    try {
      root = root();
    } catch (IllegalArgumentException e) { // of another file system
      return Optional.of(
          "%s=%s is refused, allowed: a directory of this machine".formatted(DIRECTORY, path));
    }
    if (Files.exists(root) && !Files.isDirectory(root)) {
      return Optional.of(
          "%s=%s is refused: it is not a directory; name one that can be written"
              .formatted(DIRECTORY, root));
    }
    Files.createDirectories(root);
    Files.delete(Files.createTempDirectory(root, "signal-probe")); // root may write, but not /proc
    return Optional.empty();
  }

  static Optional<String> configured() {
    return Optional.ofNullable(HadoopConf.spark().get(DIRECTORY, null));
  }

  /**
   * The directory for {@code kind} of files, made if it is not there.
   *
   * @param temporary its parent, which may be everyone's
   * @throws IOException if it cannot be made, or others than this user could change it
   */
  public static Path directory(Path temporary, String kind) throws IOException {
    String user = System.getProperty("user.name").replaceAll("[^a-zA-Z0-9_.-]", "_");
    Path directory = temporary.resolve("signal-%s-%s".formatted(kind, user));
    var ownerOnly = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(temporary);
    try {
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(ownerOnly));
    } catch (FileAlreadyExistsException e) {
      boolean ours =
          Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
              && Files.getPosixFilePermissions(directory).equals(ownerOnly)
              && Files.isWritable(directory);
      if (!ours) {
        throw new IOException(directory + " is not a directory that this user alone can use", e);
      }
    }
    return directory;
  }
}
