package ai.signal.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;

/** Operations on Hadoop's file systems that work in the same way on all of them. */
public final class StorageFiles {
  private static final int BUFFER = 1 << 16;

  private StorageFiles() {}

  /**
   * A file system of the caller's own, to be closed by it: the shared one belongs to all of Spark.
   * Local disks are taken without Hadoop's checksums, whose hidden files would be written, replaced
   * and deleted next to those of a user. Operations of other stores tell how long they are pending.
   */
  public static FileSystem open(URI location, Configuration conf) throws IOException {
    Location.of("Cannot open file system", location.toString());
    FileSystem files = FileSystem.newInstance(location, conf);
    files.setWriteChecksum(false);
    return files.getClass() == LocalFileSystem.class
        ? ((LocalFileSystem) files).getRawFileSystem()
        : StoreRetries.watched(files, conf);
  }

  /**
   * A directory, fully qualified and without a slash at its end, which a path of a URI may have.
   */
  public static Path directory(FileSystem fs, Path path) {
    return new Path(fs.makeQualified(path).toString());
  }

  /** Returns whether files of a place appear whole when they are closed, as objects do. */
  static boolean appearsAtClose(FileSystem fs, Path path) throws IOException {
    return fs.hasPathCapability(path, CommonPathCapabilities.ABORTABLE_STREAM);
  }

  /** A file or directory; empty where there is none. */
  public static Optional<FileStatus> status(FileSystem fs, Path path) throws IOException {
    try {
      return Optional.of(fs.getFileStatus(path));
    } catch (FileNotFoundException | ParentNotDirectoryException e) {
      return Optional.empty();
    }
  }

  /** The entries of a directory; none where it does not exist. */
  public static List<FileStatus> list(FileSystem fs, Path directory) throws IOException {
    try {
      return Arrays.asList(fs.listStatus(directory));
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  /**
   * Whether a path is a symbolic link, which may lead out of an output. Of the file systems that
   * Hadoop reaches, local disks have them.
   */
  public static boolean isLink(FileSystem fs, Path path) {
    URI uri = fs.makeQualified(path).toUri();
    return "file".equals(uri.getScheme())
        && Files.isSymbolicLink(java.nio.file.Path.of(uri.getPath()));
  }

  /**
   * Requires that a path of this machine is a regular file; other stores have only those.
   *
   * @throws RefusedFileException where it is something else
   * @throws FileNotFoundException where nothing is there
   */
  public static void requireRegular(FileSystem fs, Path path) throws IOException {
    URI uri = fs.makeQualified(path).toUri();
    if ("file".equals(uri.getScheme())) {
      java.nio.file.Path local = java.nio.file.Path.of(uri.getPath());
      requireRegular(local);
      java.nio.file.Path sums = local.resolveSibling("." + local.getFileName() + ".crc");
      if (fs instanceof ChecksumFileSystem && Files.exists(sums)) {
        LocalFiles.requireRegular(sums); // which Hadoop reads with the file
      }
    }
  }

  private static void requireRegular(java.nio.file.Path local) throws IOException {
    try {
      LocalFiles.requireRegular(local);
    } catch (NoSuchFileException e) { // as Hadoop says it
      FileNotFoundException missing = new FileNotFoundException(local + " does not exist");
      missing.initCause(e);
      throw missing;
    }
  }

  /**
   * Returns whether something that was listed is a regular file: a pipe is listed as an empty one.
   */
  static boolean isRegular(FileSystem fs, FileStatus file) throws IOException {
    if (!file.isFile()) {
      return false;
    }
    try {
      requireRegular(fs, file.getPath());
      return true;
    } catch (RefusedFileException | FileNotFoundException e) {
      return false;
    }
  }

  /**
   * Opens a file for reading; all other classes open files of Hadoop's file systems here.
   *
   * @throws RefusedFileException where it is no regular file
   * @throws FileNotFoundException where nothing is there
   */
  public static InputStream input(FileSystem fs, Path path) throws IOException {
    requireRegular(fs, path);
    return fs.open(path, BUFFER);
  }

  /** Opens a file on the file system that Spark's tasks share. */
  public static InputStream input(Path path, Configuration conf) throws IOException {
    return input(path.getFileSystem(conf), path);
  }

  /** SHA-256 of a file's content. */
  static String sha256(FileSystem fs, Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = input(fs, file)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
    return Sha256.hex(digest.digest());
  }

  /** Makes what was written outlive the host, where the file system can. */
  public static void sync(FSDataOutputStream out) throws IOException {
    if (out.hasCapability(StreamCapabilities.HSYNC)) {
      out.hsync();
    }
  }

  /**
   * Ends a stream whose content is not complete: closing it would publish a part of an object.
   *
   * @param failure to which a failure of this is added
   */
  public static void abandon(FSDataOutputStream out, Throwable failure) {
    try {
      if (out.hasCapability(CommonPathCapabilities.ABORTABLE_STREAM)) {
        out.abort();
      }
      out.close();
    } catch (IOException | RuntimeException | FSError e) {
      failure.addSuppressed(e);
    }
  }
}
