package ai.signal.data;

import ai.signal.model.HostCache;
import ai.signal.storage.StorageFiles;
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
   * Opens the lane file that {@code entry} describes in {@code directory}.
   *
   * @param digest of the data set, which names the copies' directory
   * @param temporary the directory of this host that copies go under
   * @throws DataException if the file is gone or damaged
   */
  static LaneFile open(
      String directory, String digest, LaneEntry entry, Configuration conf, Path temporary) {
    org.apache.hadoop.fs.Path source = new org.apache.hadoop.fs.Path(directory, entry.file());
    if ("file".equals(source.toUri().getScheme())) {
      return LaneFile.open(Path.of(source.toUri().getPath()), entry, MappedBytes.STEP);
    }
    try {
      Path copies =
          Files.createDirectories(HostCache.directory(temporary, "lanes").resolve(digest));
      Path copy = copies.resolve(entry.file());
      if (Files.exists(copy)) {
        try {
          return LaneFile.open(copy, entry, MappedBytes.STEP);
        } catch (DataException damaged) {
          // Replaced below; whoever has mapped this file keeps it.
        }
      }
      copy(source, copy, conf);
      return LaneFile.open(copy, entry, MappedBytes.STEP);
    } catch (IOException e) {
      throw new DataException(
          "Cannot copy lane file %s to this host: %s".formatted(source, e.getMessage()), e);
    }
  }

  private static void copy(org.apache.hadoop.fs.Path source, Path copy, Configuration conf)
      throws IOException {
    Path partial = Files.createTempFile(copy.getParent(), copy.getFileName().toString(), ".part");
    try {
      try (InputStream in = StorageFiles.input(source, conf)) {
        Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.move(partial, copy, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
