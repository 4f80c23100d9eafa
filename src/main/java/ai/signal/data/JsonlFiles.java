package ai.signal.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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

/** The JSON lines files of a data set, read by Spark with each line's identity. */
final class JsonlFiles {
  private final SparkSession spark;
  private final List<InputFile> files;

  private JsonlFiles(SparkSession spark, List<InputFile> files) {
    this.spark = spark;
    this.files = files;
  }

  /** Lists the files that {@code paths} name, on the driver. */
  static JsonlFiles list(SparkSession spark, List<String> paths) {
    return new JsonlFiles(spark, InputFile.list(paths, spark.sparkContext().hadoopConfiguration()));
  }

  /** In the order of identities: a line's file number is its place here. */
  List<InputFile> files() {
    return files;
  }

  /**
   * Applies {@code function} to each split of at most {@code spark.sql.files.maxPartitionBytes}.
   * Partitions come in no order that means anything: order is that of {@link Line}s' identities.
   */
  <R> JavaRDD<R> map(SplitFunction<R> function) {
    Map<String, Integer> numbers = new HashMap<>();
    for (InputFile file : files) {
      numbers.put(file.location(), numbers.size());
    }
    long maxSplitBytes = spark.sessionState().conf().filesMaxPartitionBytes();
    Configuration conf;
    try {
      conf =
          JsonlInputFormat.configure(
              spark.sparkContext().hadoopConfiguration(), files, maxSplitBytes);
    } catch (IOException e) {
      throw new DataException("Cannot read data: " + e.getMessage(), e);
    }
    return rdd(conf)
        .mapPartitionsWithInputSplit(
            (split, lines) -> apply(function, numbers, split, lines), false);
  }

  /**
   * The format of each file: the one that is given, or that of its first line with the fields of a
   * record; AUTO where no line has them.
   */
  DataFormat[] formats(DataFormat given) {
    DataFormat[] formats = new DataFormat[files.size()];
    Arrays.fill(formats, given);
    if (given == DataFormat.AUTO) {
      Arrays.parallelSetAll(formats, this::detect);
    }
    return formats;
  }

  private DataFormat detect(int file) {
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    try (FileLines lines = FileLines.open(file, files.get(file).location(), conf)) {
      for (Line line = lines.next(); line != null; line = lines.next()) {
        try {
          if (!line.isBlank()) {
            return TrainingRecord.of(JsonLine.parse(line.bytes(), line.length()), DataFormat.AUTO)
                .format();
          }
        } catch (RecordException e) {
          // Whoever reads all of the file says so.
        }
      }
      return DataFormat.AUTO;
    } catch (IOException e) {
      throw new DataException(
          "Cannot read %s: %s".formatted(files.get(file).name(), e.getMessage()), e);
    }
  }

  /** The message for a line that is no record, with its line number. */
  DataException failure(int file, long offset, String reason) {
    return new DataException("Cannot read " + fault(file, offset, reason));
  }

  /** Which line is no record and why. */
  String fault(int file, long offset, String reason) {
    InputFile input = files.get(file);
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    try (FileLines lines = FileLines.open(file, input.location(), conf)) {
      lines.at(offset);
      return "%s line %d: %s".formatted(input.name(), lines.number(), reason);
    } catch (IOException e) {
      return "%s at byte %d: %s".formatted(input.name(), offset, reason);
    }
  }

  private JavaNewHadoopRDD<LongWritable, Text> rdd(Configuration conf) {
    // The cast is Spark's own documented way to the splits.
    return (JavaNewHadoopRDD<LongWritable, Text>)
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .newAPIHadoopRDD(conf, JsonlInputFormat.class, LongWritable.class, Text.class);
  }

  private static <R> Iterator<R> apply(
      SplitFunction<R> function,
      Map<String, Integer> numbers,
      InputSplit split,
      Iterator<Tuple2<LongWritable, Text>> lines) {
    int file = numbers.get(((FileSplit) split).getPath().toString());
    return new LineIterator<>(file, lines, function.open());
  }

  /** Opened in a task, once for each split that it reads. */
  @FunctionalInterface
  interface SplitFunction<R> extends Serializable {
    /** What to make of each line in turn; null leaves it out. */
    Function<Line, R> open();
  }
}
