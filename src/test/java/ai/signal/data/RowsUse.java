package ai.signal.data;

import ai.signal.SparkExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SparkSession;

/**
 * Prepares data that Spark itself reads: CSV, Parquet, ORC, and JSON lines whose records are
 * selected.
 */
public final class RowsUse {
  private static SparkSession spark;

  private RowsUse() {}

  /** Tokenizes a file into lane files. */
  public static void prepare(Path file, Path model, Path output) {
    Selection selection =
        !file.toString().endsWith(".jsonl")
            ? Selection.ALL
            : new Selection(Map.of(), Optional.empty(), Optional.empty(), Optional.of(List.of()));
    DataSpec spec =
        new DataSpec(
            new DataSource.Files(List.of(file.toString()), FileKind.AUTO),
            selection,
            DataFormat.AUTO,
            64,
            LongExamples.TRUNCATE,
            BadRecords.SKIP,
            Set.of());
    LaneDataset.prepare(spark(), spec, model.toString(), 1, output.toString());
  }

  private static SparkSession spark() {
    if (spark == null) {
      spark =
          SparkExtension.start(
              "local[1]",
              Map.of(
                  "spark.testing.memory",
                  Long.toString(512L << 20), // of which it uses a part
                  "spark.sql.shuffle.partitions",
                  "1"));
    }
    return spark;
  }
}
