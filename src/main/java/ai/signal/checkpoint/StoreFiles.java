package ai.signal.checkpoint;

import ai.signal.storage.Content;
import ai.signal.storage.Sha256;
import ai.signal.storage.StorageFiles;
import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Reads, lists and creates the files of checkpoints; they are deleted through their records. */
final class StoreFiles {
  private static final int BUFFER = 1 << 16;

  private final FileSystem fs;

  StoreFiles(FileSystem fs) {
    this.fs = fs;
  }

  /** Writes a data file, hashing what goes by. */
  StoredFile write(Path path, String name, Content content) throws IOException {
    MessageDigest sha256 = Sha256.digest();
    FSDataOutputStream out = fs.create(path, true);
    long size;
    try {
      BufferedOutputStream buffered =
          new BufferedOutputStream(new DigestOutputStream(out, sha256), BUFFER);
      content.writeTo(buffered);
      buffered.flush();
      size = out.getPos();
      StorageFiles.sync(out); // a host may die after a commit, and older checkpoints go then
    } catch (IOException | RuntimeException | Error e) {
      StorageFiles.abandon(out, e);
      throw e;
    }
    out.close();
    return new StoredFile(name, size, Sha256.hex(sha256.digest()));
  }

  InputStream open(Path path) throws IOException {
    return StorageFiles.input(fs, path);
  }

  /** A small file, if it is there: all of it, or one byte more than {@code atMost}. */
  Optional<byte[]> read(Path path, int atMost) throws IOException {
    try (InputStream in = StorageFiles.input(fs, path)) {
      return Optional.of(in.readNBytes(atMost + 1));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** What is in a directory; nothing where it is not there. */
  List<FileStatus> list(Path directory) throws IOException {
    return StorageFiles.list(fs, directory);
  }

  /** Sizes of all files below a directory, by their path in it. */
  Map<String, Long> sizes(Path directory) throws IOException {
    Map<String, Long> sizes = new HashMap<>();
    statuses(directory).forEach((name, status) -> sizes.put(name, status.getLen()));
    return sizes;
  }

  /** All files below a directory, by their path in it. */
  Map<String, FileStatus> statuses(Path directory) throws IOException {
    Map<String, FileStatus> statuses = new HashMap<>();
    String prefix = fs.makeQualified(directory).toUri().getPath() + "/";
    RemoteIterator<LocatedFileStatus> found = fs.listFiles(directory, true);
    while (found.hasNext()) {
      LocatedFileStatus file = found.next();
      statuses.put(file.getPath().toUri().getPath().substring(prefix.length()), file);
    }
    return statuses;
  }

  /** Whether a path is a symbolic link, which may lead out of the output. */
  boolean isLink(Path path) {
    return StorageFiles.isLink(fs, path);
  }

  /** Names of the directories in a directory, without links. */
  List<String> directories(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    for (FileStatus status : list(directory)) {
      if (status.isDirectory() && !isLink(status.getPath())) {
        names.add(status.getPath().getName());
      }
    }
    return names;
  }
}
