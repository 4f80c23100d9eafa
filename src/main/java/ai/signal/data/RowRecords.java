package ai.signal.data;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;

/**
 * Rows of a DataFrame as records, in the order of their identities, so that it does not matter how
 * the rows are partitioned.
 */
final class RowRecords implements Records {
  private final String name;
  private final Supplier<RowSelection> select;
  private final Supplier<RecordReader> reader;
  private final Supplier<List<String>> fingerprint;
  private final FileRecords lines; // null for rows
  private final List<String> unused;
  private RowSelection selected; // null until someone reads

  private RowRecords(
      DataSpec spec,
      Supplier<RowSelection> select,
      Supplier<RecordReader> reader,
      Supplier<List<String>> fingerprint,
      FileRecords lines,
      List<String> unused) {
    this.name = spec.name();
    this.select = select;
    this.reader = reader;
    this.fingerprint = fingerprint;
    this.lines = lines;
    this.unused = unused;
  }

  /**
   * Of rows with a column for each field.
   *
   * @param files what tells the files from others; empty if the rows are of none: then they are
   *     read for it
   */
  static RowRecords of(
      SparkSession spark, DataSpec spec, RowInput input, List<String> files, RecordUse use) {
    Map<String, String> fields = spec.selection().fields();
    DataFormat format = use.format(spec, input.columns());
    List<String> used = RowFormat.columns(format, fields, input);
    Column content = json(input, used);
    Column record = use.carriesColumns() ? json(input, input.columns()) : content;
    RowSelection rows = RowSelection.of(spark, spec, input, record, content);
    Supplier<List<String>> fingerprint =
        () -> files.isEmpty() ? List.of(rows.contentHash()) : files;
    RecordReader reader = RecordReader.ofRows(format, fields);
    List<String> unused =
        input.columns().stream().filter(column -> !used.contains(column)).toList();
    return new RowRecords(spec, () -> rows, () -> reader, fingerprint, null, unused);
  }

  private static Column json(RowInput input, List<String> columns) {
    Column[] all =
        columns.stream().map(column -> col(RowSelection.quoted(column))).toArray(Column[]::new);
    // Null is what other rows have: a list of messages with tools has none of them in the others.
    return coalesce(input.corrupt(), to_json(struct(all), Map.of("ignoreNullFields", "true")));
  }

  /** Of text files, some of whose records are used. */
  static RowRecords of(SparkSession spark, DataSpec spec, FileRecords lines) {
    return new RowRecords(
        spec,
        () -> LineRows.select(spark, spec, lines),
        lines::reader,
        lines::fingerprint,
        lines,
        List.of());
  }

  /** Analyzed once, and not at all where lane files are there already. */
  private RowSelection rows() {
    selected = selected == null ? select.get() : selected;
    return selected;
  }

  @Override
  public <R> JavaRDD<R> map(SplitFunction<R> function) {
    return rows().map(function);
  }

  @Override
  public boolean isInOrder() {
    return true;
  }

  @Override
  public RecordReader reader() {
    return reader.get();
  }

  @Override
  public List<String> locations() {
    return lines == null ? List.of(name) : lines.locations();
  }

  @Override
  public List<String> fingerprint() {
    return fingerprint.get();
  }

  @Override
  public List<String> unused() {
    return unused;
  }

  @Override
  public String fault(Place place, String reason) {
    if (lines != null) {
      return lines.fault(place, reason);
    }
    String source = place.from.isEmpty() ? name : InputFile.shown(place.from);
    return "%s row %s: %s".formatted(source, place.key, reason);
  }

  @Override
  public StreamOpener streams() {
    return lines == null ? null : lines.streams();
  }

  @Override
  public long filteredOut() {
    return rows().filteredOut();
  }

  @Override
  public long passed() {
    return rows().passed();
  }
}
