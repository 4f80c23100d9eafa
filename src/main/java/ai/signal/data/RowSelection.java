package ai.signal.data;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.conv;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;

/**
 * The rows that a {@link Selection} leaves, in the order of their identities: the user's key, or
 * the SHA-256 of the record, or the place in a text file. Rows with the same content are the same
 * rows.
 */
final class RowSelection {
  private static final String RECORD = "_signal_record";
  private static final String FROM = "_signal_from";
  private static final String FAULT = "_signal_fault";
  private static final String FILE = "_signal_file";
  private static final String OFFSET = "_signal_offset";
  private static final String KEY = "_signal_key";
  private static final String HASH = "_signal_hash";
  private static final String NUMBER = "_signal_number";

  private final SparkSession spark;
  private final DataSpec spec;
  private final RowInput input;
  private final Column passes;
  private final Dataset<Row> rows;
  private final Column[] identity;
  private final Column[] order;
  private Row counts; // null until someone asks

  private RowSelection(
      SparkSession spark,
      DataSpec spec,
      RowInput input,
      Column passes,
      Dataset<Row> rows,
      Column[] identity,
      Column[] order) {
    this.spark = spark;
    this.spec = spec;
    this.input = input;
    this.passes = passes;
    this.rows = rows;
    this.identity = identity;
    this.order = order;
  }

  /** A column's name in an expression, whatever is in it. */
  static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  /**
   * Of rows whose content identifies them.
   *
   * @param record what is read of a row
   * @param content the part of it that identifies the row
   */
  static RowSelection of(
      SparkSession spark, DataSpec spec, RowInput input, Column record, Column content) {
    return of(spark, spec, input, record, content, null, null);
  }

  /**
   * Of records of text files, where no key identifies them.
   *
   * @param file their file's number, or null
   * @param offset their first byte, or null
   */
  static RowSelection of(
      SparkSession spark,
      DataSpec spec,
      RowInput input,
      Column record,
      Column content,
      Column file,
      Column offset) {
    requireColumns(spec, input);
    return Sources.analyzed(
        spec, "data.filter", () -> select(spark, spec, input, record, content, file, offset));
  }

  /** Refuses what names no column, or is no predicate over columns, in terms of the data alone. */
  private static void requireColumns(DataSpec spec, RowInput input) {
    ColumnCheck.in(spec.selection().withoutFields(), input.columns())
        .ifPresent(
            problem -> {
              throw new DataException(
                  "Cannot read %s: %s (data.%s: %s)"
                      .formatted(spec.name(), problem.reason(), problem.key(), problem.value()));
            });
    Column[] theirs =
        input.columns().stream().map(column -> col(quoted(column))).toArray(Column[]::new);
    spec.selection()
        .filter()
        .ifPresent(
            predicate ->
                Sources.analyzed(
                    spec,
                    "data.filter: " + predicate,
                    () -> input.rows().select(theirs).filter(expr(predicate))));
  }

  private static RowSelection select(
      SparkSession spark,
      DataSpec spec,
      RowInput input,
      Column record,
      Column content,
      Column file,
      Column offset) {
    Selection selection = spec.selection();
    Column corrupt = input.corrupt().isNotNull();
    // What is no row has no columns to be judged by.
    Column passes =
        selection
            .filter()
            .map(predicate -> corrupt.or(coalesce(expr(predicate), lit(false))))
            .orElse(lit(true));
    Dataset<Row> passing = input.rows().filter(passes);
    boolean keyed = selection.key().isPresent();
    Column none = lit(null).cast("string");
    Column value = keyed ? col(quoted(selection.key().get())) : none;
    Column key = when(value.cast("string").notEqual(""), value);
    Column fault =
        when(corrupt, input.fault()).otherwise(keyed ? noKey(selection.key().get(), value) : none);
    Dataset<Row> records =
        passing
            .withColumn(RECORD, record.cast("binary"))
            .withColumn(HASH, sha2(content.cast("binary"), 256))
            .withColumn(KEY, key)
            .withColumn(FROM, input.from())
            .withColumn(FAULT, fault)
            .withColumn(FILE, file == null ? lit(-1) : file)
            .withColumn(OFFSET, offset == null ? lit(-1L) : offset);
    List<Column> order = new ArrayList<>();
    if (keyed) {
      order.add(col(KEY));
    }
    // Rows of one content may differ in their other columns.
    order.addAll(List.of(col(FILE), col(OFFSET), col(HASH), col(FROM), col(RECORD)));
    Column[] all = order.toArray(Column[]::new);
    if (selection.deduplicate().isPresent()) {
      Column same = isLine(file) ? sameFields(spec, input) : col(HASH);
      records = firsts(records, selection.deduplicate().get(), same, corrupt, all);
    }
    Dataset<Row> chosen =
        records.select(
            col(RECORD), col(HASH), col(KEY), col(FROM), col(FAULT), col(FILE), col(OFFSET));
    return new RowSelection(spark, spec, input, passes, chosen, identity(keyed, file), all);
  }

  /** What is wrong where {@code value} identifies nothing, else null. */
  private static Column noKey(String key, Column value) {
    String fault = "'%s' is %s, and it is data.key";
    return when(value.isNull(), lit(fault.formatted(key, "null")))
        .when(value.cast("string").equalTo(""), lit(fault.formatted(key, "empty")));
  }

  /** What rows with one identity have in common: where ranges of the order may be cut. */
  private static Column[] identity(boolean keyed, Column file) {
    if (keyed) {
      return new Column[] {col(KEY)};
    }
    return isLine(file) ? new Column[] {col(FILE), col(OFFSET)} : new Column[] {col(HASH)};
  }

  /**
   * Of records that are the same in some columns the one that comes first.
   *
   * @param columns where empty, {@code whole} is what has to be the same
   * @param corrupt what is no row, which is only the same as itself
   */
  private static Dataset<Row> firsts(
      Dataset<Row> records, List<String> columns, Column whole, Column corrupt, Column[] order) {
    List<Column> same = new ArrayList<>();
    columns.forEach(column -> same.add(col(quoted(column))));
    if (columns.isEmpty()) {
      same.add(whole);
    }
    same.add(when(corrupt, concat_ws("@", col(FILE), col(OFFSET), col(HASH))));
    Column number =
        row_number().over(Window.partitionBy(same.toArray(Column[]::new)).orderBy(order));
    return records.withColumn(NUMBER, number).filter(col(NUMBER).equalTo(1));
  }

  private static boolean isLine(Column file) {
    return file != null;
  }

  /** What two records have in common that say the same, in whatever order a line has it. */
  private static Column sameFields(DataSpec spec, RowInput input) {
    Map<String, String> names = spec.selection().fields();
    Column[] fields =
        DataFormat.searched(spec.format(), names, input.columns()::contains).stream()
            .map(field -> names.getOrDefault(field, field))
            .filter(input.columns()::contains)
            .distinct()
            .map(column -> col(quoted(column)))
            .toArray(Column[]::new);
    return fields.length == 0 ? col(HASH) : to_json(struct(fields));
  }

  /** The records that the filter has left out. */
  long filteredOut() {
    return spec.selection().filter().isEmpty() ? 0 : counts().getLong(0) - counts().getLong(1);
  }

  /** The records before duplicates were left out; -1 if none were. */
  long passed() {
    return spec.selection().deduplicate().isEmpty() ? -1 : counts().getLong(1);
  }

  /** All rows, and those that pass the filter. */
  private Row counts() {
    if (counts == null) {
      counts =
          during("count", () -> input.rows().agg(count(lit(1)), count(when(passes, 1))).first());
    }
    return counts;
  }

  /** What the rows hold, in whatever order they come: the sum of their hashes, in four parts. */
  String contentHash() {
    Column of = sha2(concat_ws("@", col(KEY).cast("string"), col(HASH)), 256);
    List<Column> sums = new ArrayList<>();
    for (int part = 0; part < 4; part++) {
      sums.add(sum(conv(substring(of, 1 + 16 * part, 15), 16, 10).cast("decimal(20,0)")));
    }
    return during("fingerprint", () -> rows.agg(count(lit(1)), sums.toArray(Column[]::new)).first())
        .toString();
  }

  /**
   * Applies {@code function} to each record; partitions are in the order of identities. Ranges are
   * cut by identities alone, so that those of one identity are in one partition.
   */
  <R> JavaRDD<R> map(Records.SplitFunction<R> function) {
    return rows.repartitionByRange(identity)
        .sortWithinPartitions(order)
        .select(
            col(RECORD),
            col(HASH),
            col(KEY).cast("string"),
            col(FROM),
            col(FAULT),
            col(FILE),
            col(OFFSET))
        .toJavaRDD()
        .mapPartitions(
            sorted -> {
              Function<Line, R> make = function.open();
              RowLines lines = new RowLines(sorted);
              return StreamSupport.stream(
                      Spliterators.spliteratorUnknownSize(lines, Spliterator.ORDERED), false)
                  .map(make)
                  .filter(Objects::nonNull)
                  .iterator();
            });
  }

  private <R> R during(String what, Supplier<R> work) {
    return JobDescription.during(spark.sparkContext(), spec.name() + " · " + what, work);
  }
}
