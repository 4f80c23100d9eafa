package ai.signal.data;

import ai.signal.storage.Location;
import ai.signal.storage.RefusedFileException;
import ai.signal.storage.StorageFiles;
import ai.signal.storage.StoreProblem;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A table that is a directory, named in SQL: {@code parquet.`/data/chats`}. */
final class TableOfFiles {
  private static final Pattern NAME = Pattern.compile("\\s*`?\\w+`?\\s*\\.\\s*`(.+)`\\s*");

  private TableOfFiles() {}

  /**
   * Requires that all files of a table on this machine are regular: Spark would wait for a named
   * pipe without end.
   *
   * @param table name of any table
   * @throws DataException for the first file that is none
   */
  static void requireRegular(String table, Configuration conf) {
    Matcher name = NAME.matcher(table);
    if (!name.matches()) {
      return;
    }
    try {
      Path path = Location.of("Cannot read data", name.group(1)).path(conf);
      FileSystem fs = path.getFileSystem(conf);
      if (!"file".equals(fs.getUri().getScheme())) {
        return;
      }
      FileStatus[] found = fs.globStatus(path);
      for (FileStatus file : found == null ? new FileStatus[0] : found) {
        requireRegular(fs, file);
      }
    } catch (RefusedFileException e) {
      throw new DataException(e.getMessage(), e);
    } catch (IOException | IllegalArgumentException e) {
      throw new DataException("Cannot read %s: %s".formatted(table, StoreProblem.reason(e)), e);
    }
  }

  private static void requireRegular(FileSystem fs, FileStatus file) throws IOException {
    if (!file.isDirectory()) {
      StorageFiles.requireRegular(fs, file.getPath());
      return;
    }
    for (FileStatus child : fs.listStatus(file.getPath())) {
      requireRegular(fs, child);
    }
  }
}
