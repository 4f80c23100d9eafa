package ai.signal.data;

import ai.signal.storage.Location;
import ai.signal.storage.RefusedFileException;
import ai.signal.storage.StorageFiles;
import ai.signal.storage.StoreProblem;
import ai.signal.storage.StoreRetries;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file of a data set, as the listing found it.
 *
 * @param location the qualified path, which is the file's part of an example's identity
 * @param length in bytes
 * @param modified milliseconds since 1970
 */
public record InputFile(String location, long length, long modified) implements Serializable {

  /**
   * The files that {@code paths} name, in the order of their locations, each once. As elsewhere in
   * Hadoop, names that begin with '_' or '.' are no data.
   *
   * @throws DataException if a path names no file, or something that is not plain text
   */
  public static List<InputFile> list(List<String> paths, Configuration conf) {
    TreeMap<String, InputFile> files = new TreeMap<>();
    for (String path : paths) {
      Location location = location(path);
      try {
        for (FileStatus file : matches(location, conf)) {
          StorageFiles.requireRegular(file.getPath().getFileSystem(conf), file.getPath());
          String found = file.getPath().toString();
          files.put(found, new InputFile(found, file.getLen(), file.getModificationTime()));
        }
      } catch (RefusedFileException e) {
        throw new DataException(e.getMessage(), e);
      } catch (IOException | IllegalArgumentException e) {
        throw new DataException("Cannot read %s: %s".formatted(path, StoreProblem.reason(e)), e);
      }
    }
    return List.copyOf(files.values());
  }

  /** What tells this file from another, and from what it may become. */
  String fingerprint() {
    return "%s has %d bytes, changed %d".formatted(location, length, modified);
  }

  /** The location as Hadoop takes it. */
  public Path path() {
    return new Path(location);
  }

  /** The location as a person would write it: local files without a scheme, from where we are. */
  public String name() {
    return shown(location);
  }

  /** A qualified path as {@link #name} has it. */
  public static String shown(String location) {
    if (!location.startsWith("file:/")) {
      return location;
    }
    java.nio.file.Path file = java.nio.file.Path.of(new Path(location).toUri().getPath());
    java.nio.file.Path here = java.nio.file.Path.of("").toAbsolutePath();
    return (file.startsWith(here) ? here.relativize(file) : file).toString();
  }

  private static Location location(String path) {
    try {
      return Location.of("Cannot read data", path);
    } catch (IllegalArgumentException e) {
      throw new DataException(e.getMessage(), e);
    }
  }

  private static List<FileStatus> matches(Location path, Configuration conf) throws IOException {
    Path pattern = path.path(conf);
    FileSystem fs = StoreRetries.watched(pattern.getFileSystem(conf), conf);
    // A name such as a[1].jsonl is itself before it is a pattern.
    FileStatus[] roots =
        fs.exists(pattern)
            ? new FileStatus[] {fs.getFileStatus(pattern)}
            : Objects.requireNonNullElse(fs.globStatus(pattern), new FileStatus[0]);
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus root : roots) {
      if (root.isDirectory()) {
        for (FileStatus child : fs.listStatus(root.getPath())) {
          if (child.isDirectory() && isData(child)) {
            throw new DataException(
                "Cannot read %s: it holds the directory %s (name nested files by a glob: %s/*/*)"
                    .formatted(path, child.getPath().getName(), path));
          }
          files.add(child);
        }
      } else {
        files.add(root);
      }
    }
    files.removeIf(file -> !isData(file));
    if (files.isEmpty()) {
      throw new DataException(
          "Cannot read %s: no such file (data.path; names that begin with '_' or '.' are no data)"
              .formatted(shown(path.toString())));
    }
    return files;
  }

  private static boolean isData(FileStatus file) {
    String name = file.getPath().getName();
    return !name.startsWith("_") && !name.startsWith(".");
  }
}
