package ai.signal.data;

import ai.signal.storage.Location;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Where the records of a data set are. */
public sealed interface DataSource extends Serializable {
  /** As messages and job descriptions show it. */
  String name();

  /**
   * Files of one kind.
   *
   * @param paths files, directories or globs on any Hadoop file system; a file named twice is read
   *     once
   */
  record Files(List<String> paths, FileKind kind) implements DataSource {
    /**
     * @throws IllegalArgumentException if there is no path, or one is refused as a {@link Location}
     */
    public Files {
      Objects.requireNonNull(kind, "kind");
      if (paths.isEmpty() || paths.stream().anyMatch(String::isBlank)) {
        throw new IllegalArgumentException("Cannot read data: a path is empty (data.path)");
      }
      paths = List.copyOf(paths);
      paths.forEach(path -> Location.of("Cannot read data", path));
    }

    @Override
    public String name() {
      return String.join(", ", paths);
    }
  }

  /**
   * A table or view of the session's catalog.
   *
   * @param name as in SQL, such as {@code lake.chats}
   */
  record Table(String name) implements DataSource {
    /**
     * @throws IllegalArgumentException if there is no name
     */
    public Table {
      if (name.isBlank()) {
        throw new IllegalArgumentException("Cannot read data: the table has no name (data.table)");
      }
      Location.of("Cannot read data", name); // parquet.`s3a://bucket/x` is a table of files
    }
  }

  /**
   * Any rows.
   *
   * @param name for messages and identities
   */
  record Rows(Dataset<Row> rows, String name) implements DataSource {
    public Rows {
      Objects.requireNonNull(rows, "rows");
      Objects.requireNonNull(name, "name");
    }
  }
}
