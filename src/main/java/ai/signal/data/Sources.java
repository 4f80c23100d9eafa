package ai.signal.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Opens what a {@link DataSource} names. */
final class Sources {
  private Sources() {}

  static Records open(SparkSession spark, DataSpec spec, RecordUse use) {
    if (spec.source() instanceof DataSource.Files source) {
      List<InputFile> files =
          InputFile.list(source.paths(), spark.sparkContext().hadoopConfiguration());
      FileKind kind = source.kind().of(files);
      if (kind == FileKind.JSONL || kind == FileKind.JSON) {
        return text(spark, spec, files, kind);
      }
      List<String> fingerprint = files.stream().map(InputFile::fingerprint).toList();
      return RowRecords.of(spark, spec, columns(spark, spec, files, kind), fingerprint, use);
    }
    if (spec.source() instanceof DataSource.Table table) {
      TableOfFiles.requireRegular(
          table.name(), spark.sparkContext().hadoopConfiguration()); // before Spark opens them
    }
    Dataset<Row> rows =
        spec.source() instanceof DataSource.Rows given
            ? given.rows()
            : analyzed(spec, "data.table", () -> spark.table(spec.name()));
    return RowRecords.of(spark, spec, RowInput.of(rows), List.of(), use);
  }

  private static Records text(
      SparkSession spark, DataSpec spec, List<InputFile> files, FileKind kind) {
    Selection selection = spec.selection();
    List<FileHead> heads = heads(spark, files);
    boolean arrays = kind == FileKind.JSON && JsonArrayFiles.hold(spark, files);
    if (!arrays) {
      heads.forEach(head -> head.requireLines(selection.fields()));
    }
    Set<Integer> encoded =
        IntStream.range(0, files.size())
            .filter(file -> heads.get(file).isEncoded())
            .boxed()
            .collect(Collectors.toSet());
    FileRecords records =
        arrays
            ? new JsonArrayFiles(spark, files, spec.format(), selection.fields())
            : new JsonlFiles(spark, files, encoded, spec.format(), selection.fields());
    return selection.needsRows() ? RowRecords.of(spark, spec, records) : records;
  }

  private static List<FileHead> heads(SparkSession spark, List<InputFile> files) {
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    return files.parallelStream().map(file -> FileHead.read(file, conf)).toList();
  }

  private static RowInput columns(
      SparkSession spark, DataSpec spec, List<InputFile> files, FileKind kind) {
    String[] locations = files.stream().map(InputFile::location).toArray(String[]::new);
    if (kind == FileKind.CSV || kind == FileKind.TSV) {
      heads(spark, files);
      String encoding = CsvFiles.encoding(files, spark.sparkContext().hadoopConfiguration());
      return csv(spark, kind == FileKind.TSV ? "\t" : ",", encoding, locations);
    }
    String format = kind.name().toLowerCase(Locale.ROOT);
    Dataset<Row> rows =
        analyzed(spec, "data.source", () -> spark.read().format(format).load(locations));
    return RowInput.of(RowInput.withPaths(rows));
  }

  /**
   * Quotes are doubled inside quotes (RFC 4180), a field may have several lines, and an empty one
   * is an empty text. A row with more or fewer fields than the header is bad.
   */
  private static RowInput csv(
      SparkSession spark, String separator, String encoding, String... locations) {
    var reader =
        spark
            .read()
            .option("header", true)
            .option("sep", separator)
            .option("encoding", encoding)
            .option("multiLine", true)
            .option("escape", "\"")
            .option("enforceSchema", false);
    StructType header = reader.csv(locations[0]).schema();
    Dataset<Row> rows =
        RowInput.withPaths(
            reader
                .option("columnNameOfCorruptRecord", RowInput.CORRUPT)
                .schema(header.add(RowInput.CORRUPT, DataTypes.StringType))
                .csv(locations));
    Map<String, Column> filled = new LinkedHashMap<>(); // at once: each projection is analyzed
    for (String column : header.fieldNames()) {
      Column value = functions.col(RowSelection.quoted(column));
      filled.put(column, functions.coalesce(value, functions.lit("")));
    }
    rows = rows.withColumns(filled);
    return RowInput.of(
        rows,
        functions.col(RowInput.CORRUPT),
        functions.lit("it has other columns than the header"));
  }

  /**
   * What Spark finds wrong is the data set's fault.
   *
   * @param key of the job spec that can change it
   */
  static <R> R analyzed(DataSpec spec, String key, Callable<R> work) {
    try {
      return work.call();
    } catch (AnalysisException e) {
      throw new DataException(
          "Cannot read %s: %s (%s)".formatted(spec.name(), ColumnCheck.said(e), key), e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // a file that is not of its kind, or is damaged
      throw new DataException(
          "Cannot read %s: %s (%s)".formatted(spec.name(), DamagedFile.says(e), key), e);
    }
  }
}
