package ai.signal.checkpoint;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.StreamCapabilities;

/** The five things that checkpoints ask of a file system: create, close, open, list, delete. */
final class StoreFiles {
  /** Since Hadoop 3.4.2, on S3: of several creators exactly one wins. */
  static final String CONDITIONAL = "fs.option.create.conditional.overwrite";

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
      sync(out);
    } catch (IOException | RuntimeException | Error e) {
      abandon(out, e);
      throw e;
    }
    out.close();
    return new StoredFile(name, size, Sha256.hex(sha256.digest()));
  }

  /** Writes a small file anew, whatever was there. */
  void replace(Path path, byte[] bytes) throws IOException {
    write(fs.create(path, true), bytes);
  }

  /**
   * Writes a small file that must not be there, which a store with conditional creation ensures;
   * others see to it as well as they can.
   */
  void commit(Path path, byte[] bytes) throws IOException {
    if (fs.hasPathCapability(path, CONDITIONAL)) {
      FSDataOutputStreamBuilder<?, ?> builder = fs.createFile(path);
      builder.recursive();
      builder.must(CONDITIONAL, true);
      write(builder.build(), bytes);
    } else {
      write(fs.create(path, false), bytes);
    }
  }

  private static void write(FSDataOutputStream out, byte[] bytes) throws IOException {
    try {
      out.write(bytes);
      sync(out);
    } catch (IOException | RuntimeException | Error e) {
      abandon(out, e);
      throw e;
    }
    out.close();
  }

  /** A host may die after a commit, and older checkpoints are deleted then. */
  private static void sync(FSDataOutputStream out) throws IOException {
    if (out.hasCapability(StreamCapabilities.HSYNC)) {
      out.hsync();
    }
  }

  /** Closing would publish half an object where objects appear at close. */
  private static void abandon(FSDataOutputStream out, Throwable failure) {
    try {
      if (out.hasCapability("fs.capability.outputstream.abortable")) {
        out.abort();
      }
      out.close();
    } catch (IOException | RuntimeException | FSError e) {
      failure.addSuppressed(e);
    }
  }

  InputStream open(Path path) throws IOException {
    return fs.open(path, BUFFER);
  }

  /** A small file, if it is there: all of it, or one byte more than {@code atMost}. */
  Optional<byte[]> read(Path path, int atMost) throws IOException {
    try (InputStream in = fs.open(path)) {
      return Optional.of(in.readNBytes(atMost + 1));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** What is in a directory; nothing where it is not there. */
  List<FileStatus> list(Path directory) throws IOException {
    try {
      return Arrays.asList(fs.listStatus(directory));
    } catch (FileNotFoundException e) {
      return List.of();
    }
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

  void delete(Path path) throws IOException {
    fs.delete(path, true);
  }

  /**
   * Whether a path is a symbolic link, which may lead out of the output. Of the file systems that
   * Hadoop reaches, local disks have them.
   */
  boolean isLink(Path path) {
    URI uri = fs.makeQualified(path).toUri();
    return "file".equals(uri.getScheme())
        && Files.isSymbolicLink(java.nio.file.Path.of(uri.getPath()));
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
