package ai.signal.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.spark.api.java.JavaNewHadoopRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/** The JSON lines files of a data set: a record is a line. */
final class JsonlFiles extends FileRecords {
  private final Set<Integer> encoded;

  /**
   * @param encoded the numbers of files that can only be read from their beginning
   */
  JsonlFiles(
      SparkSession spark,
      List<InputFile> files,
      Set<Integer> encoded,
      DataFormat format,
      Map<String, String> fields) {
    super(spark, files, format, fields);
    this.encoded = encoded;
  }

  /**
   * By splits of at most {@code spark.sql.files.maxPartitionBytes}, in any order; encoded files as
   * one split each.
   */
  @Override
  public <R> JavaRDD<R> map(SplitFunction<R> function) {
    if (encoded.isEmpty()) {
      return splits(function);
    }
    JavaRDD<R> whole =
        WholeFiles.map(
            spark(), encoded.stream().sorted().toList(), locations(), FileLines::open, function);
    return encoded.size() == files().size() ? whole : splits(function).union(whole);
  }

  private <R> JavaRDD<R> splits(SplitFunction<R> function) {
    Map<String, Integer> numbers = new HashMap<>();
    List<InputFile> plain = new ArrayList<>();
    for (int file = 0; file < files().size(); file++) {
      if (!encoded.contains(file)) {
        numbers.put(files().get(file).location(), file);
        plain.add(files().get(file));
      }
    }
    long maxSplitBytes = spark().sessionState().conf().filesMaxPartitionBytes();
    Configuration conf;
    try {
      conf =
          JsonlInputFormat.configure(
              spark().sparkContext().hadoopConfiguration(), plain, maxSplitBytes);
    } catch (IOException e) {
      throw new DataException("Cannot read data: " + e.getMessage(), e);
    }
    return rdd(conf)
        .mapPartitionsWithInputSplit(
            (split, lines) -> apply(function, numbers, split, lines), false);
  }

  @Override
  public StreamOpener streams() {
    return FileLines::open;
  }

  private JavaNewHadoopRDD<LongWritable, Text> rdd(Configuration conf) {
    // The cast is Spark's own documented way to the splits.
    return (JavaNewHadoopRDD<LongWritable, Text>)
        JavaSparkContext.fromSparkContext(spark().sparkContext())
            .newAPIHadoopRDD(conf, JsonlInputFormat.class, LongWritable.class, Text.class);
  }

  private static <R> Iterator<R> apply(
      SplitFunction<R> function,
      Map<String, Integer> numbers,
      InputSplit split,
      Iterator<Tuple2<LongWritable, Text>> lines) {
    String location = ((FileSplit) split).getPath().toString();
    int file = numbers.get(location);
    return new LineIterator<>(
        InputFile.shown(location),
        () -> lines.hasNext() ? line(file, lines.next()) : null,
        function.open());
  }

  private static Line line(int file, Tuple2<LongWritable, Text> read) {
    return new Line(file, read._1().get(), read._2().getBytes(), read._2().getLength());
  }
}
