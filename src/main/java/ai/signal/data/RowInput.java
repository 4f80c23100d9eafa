package ai.signal.data;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;

/**
 * Rows and what is to be known of them.
 *
 * @param rows all of them
 * @param columns of the user
 * @param from the file that a row comes from, or ""
 * @param corrupt the text of what is no row, else null
 * @param fault what is wrong with what is no row, or null where its text says so
 */
record RowInput(
    Dataset<Row> rows, List<String> columns, Column from, Column corrupt, Column fault) {
  /** The column of what is no row. */
  static final String CORRUPT = "_signal_corrupt";

  private static final String OURS = "_signal_";
  private static final String PATH = "_signal_path";

  /** Of rows that are all whole. */
  static RowInput of(Dataset<Row> rows) {
    Column none = functions.lit(null).cast("string");
    return of(rows, none, none);
  }

  /** Of rows some of which may not be whole. */
  static RowInput of(Dataset<Row> rows, Column corrupt, Column fault) {
    List<String> all = List.of(rows.columns());
    Column from = all.contains(PATH) ? functions.col(PATH) : functions.lit("");
    List<String> columns = all.stream().filter(name -> !name.startsWith(OURS)).toList();
    return new RowInput(rows, columns, from, corrupt, fault);
  }

  /** Whether a column holds lists. */
  boolean isList(String column) {
    return rows.schema().apply(column).dataType() instanceof ArrayType;
  }

  /** Rows of files with the file that each comes from. */
  static Dataset<Row> withPaths(Dataset<Row> files) {
    return files.withColumn(PATH, functions.col("_metadata.file_path"));
  }
}
