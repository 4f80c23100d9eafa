package ai.signal.client;

import ai.signal.lora.PeftAdapter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Publishes files as a new directory of any Hadoop file system. */
final class StateDirectory {
  private StateDirectory() {}

  static SavedState write(
      SaveMode mode, String path, Map<String, PeftAdapter.Content> content, Configuration conf) {
    String what = mode.name().toLowerCase(Locale.ROOT);
    Path directory = new Path(path);
    // An instance of our own: the shared one belongs to all of Spark.
    try (FileSystem files = FileSystem.newInstance(directory.toUri(), conf)) {
      files.setWriteChecksum(false); // no .crc files beside those that others will read
      Path qualified = files.makeQualified(directory);
      if (files.exists(qualified)) {
        throw new IllegalStateException(
            "Cannot save " + what + ": " + path + " exists already; name another directory");
      }
      long bytes = 0;
      for (Map.Entry<String, PeftAdapter.Content> file : content.entrySet()) {
        Path target = new Path(qualified, file.getKey());
        try (OutputStream out = files.create(target, false)) {
          file.getValue().writeTo(out);
        }
        bytes += files.getFileStatus(target).getLen();
      }
      return new SavedState(mode, qualified.toString(), List.copyOf(content.keySet()), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot save " + what + ": " + path, e);
    }
  }
}
