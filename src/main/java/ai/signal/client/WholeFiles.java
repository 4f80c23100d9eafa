package ai.signal.client;

import ai.signal.lora.PeftAdapter;
import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.StreamCapabilities;

/**
 * The files of one directory of any Hadoop file system, each there whole or not at all, whoever
 * dies while writing it, and whatever a second attempt of the same task does beside the first: it
 * has the same bytes.
 */
final class WholeFiles implements AutoCloseable {
  private static final int BUFFER = 1 << 18;
  private static final String PART = ".part";

  private final FileSystem fs;
  private final Path directory;

  /** Opens a directory, which need not exist. */
  WholeFiles(String directory, Configuration conf) throws IOException {
    Path path = new Path(directory);
    this.fs = FileSystem.newInstance(path.toUri(), conf); // the shared one belongs to all of Spark
    this.directory = fs.makeQualified(path);
    fs.setWriteChecksum(false); // no .crc files beside those that others will read
  }

  /** The directory, fully qualified. */
  String location() {
    return directory.toString();
  }

  /**
   * Writes a file and returns its size.
   *
   * @param name with {@code /} where it is in a directory in this one
   */
  long write(String name, PeftAdapter.Content content) throws IOException {
    Path target = new Path(directory, name);
    if (fs.hasPathCapability(target, CommonPathCapabilities.ABORTABLE_STREAM)) {
      return create(target, content); // an object, which appears when it is closed
    }
    Path part =
        new Path(target.getParent(), "." + target.getName() + "." + UUID.randomUUID() + PART);
    try {
      long bytes = create(part, content);
      if (!fs.rename(part, target) && !replace(part, target)) {
        throw new IOException("Cannot rename " + part + " to " + target.getName());
      }
      return bytes;
    } catch (IOException | RuntimeException | Error e) {
      delete(part, e);
      throw e;
    }
  }

  /** Where a rename onto a file fails, as on HDFS. */
  private boolean replace(Path part, Path target) throws IOException {
    return fs.exists(target) && fs.delete(target, false) && fs.rename(part, target);
  }

  private long create(Path file, PeftAdapter.Content content) throws IOException {
    FSDataOutputStream out = fs.create(file, true, BUFFER);
    long bytes;
    try {
      OutputStream buffered = new BufferedOutputStream(out, BUFFER);
      content.writeTo(buffered);
      buffered.flush();
      bytes = out.getPos();
      if (out.hasCapability(StreamCapabilities.HSYNC)) {
        out.hsync();
      }
    } catch (IOException | RuntimeException | Error e) {
      abandon(out, e);
      throw e;
    }
    out.close();
    return bytes;
  }

  /** Closing would publish half an object. */
  private static void abandon(FSDataOutputStream out, Throwable failure) {
    try {
      if (out.hasCapability(CommonPathCapabilities.ABORTABLE_STREAM)) {
        out.abort();
      }
      out.close();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void delete(Path part, Throwable failure) {
    try {
      fs.delete(part, false);
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /** The sizes of the files that are there, also in directories in it, by name. */
  Map<String, Long> sizes() throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    String prefix = directory.toUri().getPath() + "/";
    try {
      RemoteIterator<LocatedFileStatus> found = fs.listFiles(directory, true);
      while (found.hasNext()) {
        LocatedFileStatus file = found.next();
        sizes.put(file.getPath().toUri().getPath().substring(prefix.length()), file.getLen());
      }
    } catch (FileNotFoundException e) {
      return Map.of();
    }
    return sizes;
  }

  /** Whether a file is what a writer that died left of one. */
  static boolean isPart(String name) {
    return name.endsWith(PART);
  }

  /** Removes what writers that died left. */
  void sweep() throws IOException {
    for (String name : sizes().keySet()) {
      if (isPart(name)) {
        fs.delete(new Path(directory, name), false);
      }
    }
  }

  /** Removes the directory and all that is in it. */
  void delete() throws IOException {
    fs.delete(directory, true);
  }

  @Override
  public void close() throws IOException {
    fs.close();
  }
}
