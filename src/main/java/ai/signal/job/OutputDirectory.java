package ai.signal.job;

import ai.signal.checkpoint.StoreRetries;
import ai.signal.model.UriCredentials;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** Everything that a job writes, under one directory of any Hadoop file system. */
final class OutputDirectory implements Closeable {
  static final String SPEC = "job.yaml";
  static final String SUMMARY = "summary.json";
  static final String METRICS = "metrics.jsonl";
  static final String REPORT = "report.html";

  /** What a job may have written; the spec, which proves that it did, goes last. */
  private static final List<String> OURS =
      List.of(
          "data",
          "quarantine",
          METRICS,
          "checkpoints",
          "owner.json", // of checkpoints
          StageRecords.DIRECTORY,
          "samples",
          "evaluation",
          "adapter",
          "merged",
          REPORT,
          SUMMARY,
          SPEC);

  private static final List<String> RESULTS =
      List.of("checkpoints", StageRecords.DIRECTORY, "samples", "evaluation", "adapter", "merged");

  private final FileSystem files;
  private final Path root;

  private OutputDirectory(FileSystem files, Path root) {
    this.files = files;
    this.root = root;
  }

  /**
   * Opens a directory, which need not exist.
   *
   * @param location with a scheme, or an absolute path of this machine
   */
  static OutputDirectory open(String location, Configuration conf) throws IOException {
    Path root = new Path(Locations.uri(UriCredentials.refuse("Cannot open output", location)));
    FileSystem files = FileSystem.newInstance(root.toUri(), StoreRetries.bounded(conf));
    if (files instanceof LocalFileSystem local) {
      local.setWriteChecksum(false); // no .crc files beside what people read
    }
    return new OutputDirectory(files, root);
  }

  /** The location, as Hadoop takes it. */
  String location() {
    return root.toString();
  }

  /** The location of a file in it, as Hadoop takes it. */
  String location(String name) {
    return new Path(root, name).toString();
  }

  boolean isEmpty() throws IOException {
    try {
      return files.listStatus(root).length == 0;
    } catch (FileNotFoundException e) {
      return true;
    }
  }

  Optional<String> read(String name) throws IOException {
    try (InputStream content = files.open(new Path(root, name))) {
      return Optional.of(new String(content.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** A new file, seen by others when it is closed. */
  OutputStream create(String name) throws IOException {
    return files.create(new Path(root, name), true);
  }

  /** Removes a file or directory, where it is there. */
  void remove(String name) throws IOException {
    Path path = new Path(root, name);
    if (!files.delete(path, true) && files.exists(path)) {
      throw new IOException("Cannot remove " + path);
    }
  }

  void write(String name, String text) throws IOException {
    try (OutputStream content = create(name)) {
      content.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Whether there is anything that took work: a step, or what stages after it wrote. */
  boolean hasResults() throws IOException {
    for (String name : RESULTS) {
      if (files.exists(new Path(root, name))) {
        return true;
      }
    }
    Path metrics = new Path(root, METRICS);
    return files.exists(metrics) && files.getFileStatus(metrics).getLen() > 0;
  }

  /** Removes what jobs write, and the directory where nothing else is in it. */
  void clear() throws IOException {
    for (String name : OURS) {
      remove(name);
    }
    if (isEmpty()) {
      files.delete(root, false);
    }
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
