package ai.signal.client;

import ai.signal.lora.PeftAdapter;
import ai.signal.model.UriCredentials;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Publishes files as a new directory of any Hadoop file system; the last of them marks it whole.
 */
final class StateDirectory {
  private StateDirectory() {}

  /**
   * Writes the files in their order. What a writer that died left of the same files, its last file
   * missing, is written over.
   *
   * @throws IllegalStateException when the directory has anything else
   */
  static SavedState write(
      SaveMode mode, String path, Map<String, PeftAdapter.Content> content, Configuration conf) {
    String what = mode.name().toLowerCase(Locale.ROOT);
    Path directory = new Path(UriCredentials.refuse("Cannot save " + what, path));
    // An instance of our own: the shared one belongs to all of Spark.
    try (FileSystem files = FileSystem.newInstance(directory.toUri(), conf)) {
      files.setWriteChecksum(false); // no .crc files beside those that others will read
      Path qualified = files.makeQualified(directory);
      List<String> names = List.copyOf(content.keySet());
      if (!isNewOrTorn(files, qualified, names)) {
        throw new IllegalStateException(
            "Cannot save " + what + ": " + path + " exists already; name another directory");
      }
      long bytes = 0;
      for (Map.Entry<String, PeftAdapter.Content> file : content.entrySet()) {
        bytes += write(files, new Path(qualified, file.getKey()), file.getValue());
      }
      return new SavedState(mode, qualified.toString(), names, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot save %s: %s: %s".formatted(what, path, e.getMessage()), e);
    }
  }

  private static boolean isNewOrTorn(FileSystem files, Path directory, List<String> names)
      throws IOException {
    FileStatus status;
    try {
      status = files.getFileStatus(directory);
    } catch (FileNotFoundException e) {
      return true;
    }
    if (!status.isDirectory()) {
      return false;
    }
    String prefix = status.getPath().toUri().getPath() + "/";
    List<String> butTheLast = names.subList(0, names.size() - 1);
    RemoteIterator<LocatedFileStatus> found = files.listFiles(directory, true);
    while (found.hasNext()) {
      if (!butTheLast.contains(
          found.next().getPath().toUri().getPath().substring(prefix.length()))) {
        return false;
      }
    }
    return true;
  }

  private static long write(FileSystem files, Path file, PeftAdapter.Content content)
      throws IOException {
    FSDataOutputStream out = files.create(file, true);
    long bytes;
    try {
      content.writeTo(out);
      bytes = out.getPos();
    } catch (IOException | RuntimeException | Error e) {
      abandon(out, e);
      throw e;
    }
    out.close();
    return bytes;
  }

  /** Closing would publish half an object where objects appear at close. */
  private static void abandon(FSDataOutputStream out, Throwable failure) {
    try {
      if (out.hasCapability("fs.capability.outputstream.abortable")) {
        out.abort();
      }
      out.close();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
