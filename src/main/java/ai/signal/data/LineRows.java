package ai.signal.data;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Records of text files as rows whose columns are what the records hold, for predicates to look at;
 * a record itself stays as it is written.
 */
final class LineRows {
  private static final String FILE = "_signal_at_file";
  private static final String OFFSET = "_signal_at_offset";
  private static final String LINE = "_signal_line";
  private static final String FAULT = "_signal_line_fault";
  private static final String WHOLE = "_signal_whole";
  private static final StructType SCHEMA =
      new StructType()
          .add(FILE, DataTypes.IntegerType)
          .add(OFFSET, DataTypes.LongType)
          .add(LINE, DataTypes.BinaryType)
          .add(FAULT, DataTypes.StringType);

  private LineRows() {}

  static RowSelection select(SparkSession spark, DataSpec spec, FileRecords records) {
    JavaRDD<Row> lines =
        records.map(
            () ->
                line ->
                    RowFactory.create(
                        line.file(),
                        line.offset(),
                        Arrays.copyOf(line.bytes(), line.length()),
                        line.fault()));
    Dataset<Row> rows = spark.createDataFrame(lines, SCHEMA);
    Map<String, String> options = Map.of("columnNameOfCorruptRecord", RowInput.CORRUPT);
    Dataset<String> json = rows.select(col(LINE).cast("string")).as(Encoders.STRING());
    StructType held =
        JobDescription.during(
            spark.sparkContext(),
            spec.name() + " · columns",
            () -> spark.read().options(options).json(json).schema());
    if (!List.of(held.fieldNames()).contains(RowInput.CORRUPT)) {
      held = held.add(RowInput.CORRUPT, DataTypes.StringType);
    }
    String parsed = "_signal_parsed";
    Dataset<Row> all =
        rows.withColumn(parsed, from_json(col(LINE).cast("string"), held, options))
            .withColumn(WHOLE, col(parsed).isNotNull().and(col(FAULT).isNull()))
            .select(col(FILE), col(OFFSET), col(LINE), col(FAULT), col(WHOLE), col(parsed + ".*"));
    // Of nothing at all, such as where an array has no end, Spark makes no row and calls it good.
    Column corrupt =
        coalesce(col(RowInput.CORRUPT), when(not(col(WHOLE)), col(LINE).cast("string")));
    RowInput input = RowInput.of(all, corrupt, col(FAULT));
    Column line = col(LINE);
    return RowSelection.of(spark, spec, input, line, line, col(FILE), col(OFFSET));
  }
}
