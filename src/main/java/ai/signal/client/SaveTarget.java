package ai.signal.client;

import ai.signal.spec.Names;
import ai.signal.storage.Content;
import ai.signal.storage.ForeignFileException;
import ai.signal.storage.OwnedFiles;
import ai.signal.storage.StorageFiles;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A directory that an adapter or a merged model is published to: one of a user's own, or one in the
 * output of a job. Only files that Signal wrote are replaced or deleted.
 */
final class SaveTarget implements Closeable {
  /** The name of this writer in records. */
  static final String WRITER = "save_state";

  private final OwnedFiles files;
  private final String prefix;
  private final boolean ofAJob;
  private final boolean isNew;

  private SaveTarget(OwnedFiles files, String prefix, boolean ofAJob, boolean isNew) {
    this.files = files;
    this.prefix = prefix;
    this.ofAJob = ofAJob;
    this.isNew = isNew;
  }

  /** Opens a directory when it is its turn to be written. */
  @FunctionalInterface
  interface Opening {
    SaveTarget open() throws IOException;
  }

  /**
   * A new directory. Files that an earlier writer of it did not complete, because its process died,
   * are deleted.
   *
   * @throws IllegalStateException where the directory holds anything else
   */
  static SaveTarget directory(SaveMode mode, String path, Configuration conf) throws IOException {
    OwnedFiles files = OwnedFiles.open(path, WRITER, conf);
    try {
      requireNoFile(mode, files);
      Optional<FileStatus> there = StorageFiles.status(files.fileSystem(), files.root());
      if (there.isPresent()) {
        if (!files.holdsOnlyWorkOf(WRITER)) {
          throw new RefusedTargetException(
              "Cannot save %s: %s exists already and holds %s; name another directory"
                  .formatted(Names.of(mode), path, shown(names(files))));
        }
        files.deletion().deleteAll();
      }
      return new SaveTarget(files, "", false, there.isEmpty());
    } catch (IOException | RuntimeException e) {
      closeAfter(files, e);
      throw e;
    }
  }

  /**
   * Refuses a file at the directory or, on this machine, above it. Of other file systems only the
   * path itself is looked at: permissions to look above it may be missing.
   */
  private static void requireNoFile(SaveMode mode, OwnedFiles files) throws IOException {
    boolean local = "file".equals(files.fileSystem().getUri().getScheme());
    for (Path each = files.root(); each != null; each = local ? each.getParent() : null) {
      Optional<FileStatus> there = StorageFiles.status(files.fileSystem(), each);
      if (there.isPresent()) {
        if (!there.get().isDirectory()) {
          throw new RefusedTargetException(
              "Cannot save %s: %s is a file, allowed: a directory"
                  .formatted(Names.of(mode), each.toUri().getPath()));
        }
        return;
      }
    }
  }

  private static void closeAfter(OwnedFiles files, Exception failure) {
    try {
      files.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static List<String> names(OwnedFiles files) throws IOException {
    return StorageFiles.list(files.fileSystem(), files.root()).stream()
        .map(status -> status.getPath().getName())
        .sorted()
        .toList();
  }

  private static String shown(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(3, names.size())));
    return names.size() <= 3 ? first : "%s and %d more".formatted(first, names.size() - 3);
  }

  /**
   * A directory in the output of a job. What an earlier attempt wrote to it is deleted; a user's
   * files stay.
   */
  static SaveTarget within(OwnedFiles output, String directory) throws IOException {
    output.deletion().deleteFilesBelow(directory);
    return new SaveTarget(output, directory + "/", true, false);
  }

  /** The directory, fully qualified. */
  String location() {
    return (prefix.isEmpty() ? files.root() : files.path(prefix.substring(0, prefix.length() - 1)))
        .toString();
  }

  /** How executors write to it too. */
  ShardTask.Target shared() {
    return new ShardTask.Target(files.root().toString(), files.attempt(), prefix);
  }

  /** Lets names be written by executors: their unfinished files carry the writer's id. */
  void announce(Collection<String> names) throws IOException {
    TreeSet<String> directories = new TreeSet<>();
    for (String name : names) {
      String full = prefix + name;
      directories.add(full.contains("/") ? full.substring(0, full.lastIndexOf('/')) : "");
    }
    files.announceDirectories(directories);
  }

  /**
   * Refuses names of which a reader would take a user's file for a part of what is published.
   *
   * @throws ForeignFileException where one is there
   */
  void requireFree(Collection<String> names) throws IOException {
    for (String name : names) {
      files.requireFree(prefix + name);
    }
  }

  /** Writes a file and returns its size in bytes. */
  long write(String name, Content content) throws IOException {
    return files.write(prefix + name, content);
  }

  /** Writes files in their order. */
  long write(Map<String, Content> content) throws IOException {
    announce(content.keySet());
    long bytes = 0;
    for (Map.Entry<String, Content> file : content.entrySet()) {
      bytes += write(file.getKey(), file.getValue());
    }
    return bytes;
  }

  /** The size of a file in bytes; empty where there is none. */
  Optional<Long> size(String name) throws IOException {
    return StorageFiles.status(files.fileSystem(), new Path(location(), name))
        .map(FileStatus::getLen);
  }

  /** All is written: a directory of a user's own belongs to the user from now on. */
  SavedState complete(SaveMode mode, List<String> names, long bytes) throws IOException {
    files.deletion().deleteUnfinished(prefix); // of executors that died
    if (!ofAJob) {
      files.deletion().deleteAllRecords();
    }
    return new SavedState(mode, location(), names, bytes);
  }

  /** Deletes what was written before a failure. */
  void abandon(Throwable failure) {
    try {
      if (ofAJob) {
        files.deletion().deleteFilesBelow(prefix.substring(0, prefix.length() - 1));
      } else {
        files.deletion().deleteAllAndOwn();
        if (isNew && names(files).isEmpty()) {
          files.fileSystem().delete(files.root(), false);
        }
      }
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /** A failure with the place where it happened. */
  UncheckedIOException failed(SaveMode mode, IOException failure) {
    String reason =
        failure instanceof ForeignFileException
            ? failure.getMessage()
            : location() + ": " + failure.getMessage();
    return new UncheckedIOException(
        "Cannot save %s: %s".formatted(Names.of(mode), reason), failure);
  }

  @Override
  public void close() throws IOException {
    if (!ofAJob) {
      files.close();
    }
  }
}
