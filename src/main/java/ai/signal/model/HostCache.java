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
  private static final String DIRECTORY = "spark.signal.cache.dir";

  private HostCache() {}

  /** The directory that the caches of this host lie in. */
  public static Path root() {
    return configured()
        .map(path -> Location.of("Cannot use " + DIRECTORY, path).local())
        .orElse(Path.of(System.getProperty("java.io.tmpdir")));
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
