package ai.signal.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.conf.Configuration;

/**
 * Lane files where they can be mapped: a local file itself, or else a copy that the executors of a
 * host share. A copy appears whole, by an atomic rename, and is never changed.
 */
final class HostCopy {
  private HostCopy() {}

  /**
   * The path of the lane file that {@code entry} describes in {@code directory}, verified and
   * mapped.
   *
   * @param digest of the data set, which names the copies' directory
   */
  static LaneFile open(String directory, String digest, LaneEntry entry, Configuration conf) {
    org.apache.hadoop.fs.Path source = new org.apache.hadoop.fs.Path(directory, entry.file());
    if ("file".equals(source.toUri().getScheme())) {
      return LaneFile.open(Path.of(source.toUri().getPath()), entry, MappedBytes.STEP);
    }
    Path copy = root().resolve(digest).resolve(entry.file());
    try {
      if (Files.exists(copy)) {
        try {
          return LaneFile.open(copy, entry, MappedBytes.STEP);
        } catch (DataException e) {
          // Somebody's disk or broom. Who mapped the old file keeps it: the rename replaces a name.
          copy(source, copy, conf);
        }
      } else {
        copy(source, copy, conf);
      }
      return LaneFile.open(copy, entry, MappedBytes.STEP);
    } catch (IOException e) {
      throw new DataException(
          "Cannot copy lane file %s to %s: %s".formatted(source, copy, e.getMessage()), e);
    }
  }

  /** Where the copies of this user lie. */
  static Path root() {
    return Path.of(
        System.getProperty("java.io.tmpdir"), "signal-" + System.getProperty("user.name"), "lanes");
  }

  private static void copy(org.apache.hadoop.fs.Path source, Path copy, Configuration conf)
      throws IOException {
    Files.createDirectories(copy.getParent());
    Path partial = Files.createTempFile(copy.getParent(), copy.getFileName().toString(), ".part");
    try {
      try (InputStream in = source.getFileSystem(conf).open(source)) {
        Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.move(partial, copy, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
