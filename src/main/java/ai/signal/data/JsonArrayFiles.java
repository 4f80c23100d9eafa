package ai.signal.data;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/** Files that hold a JSON array each: a record is an element. A file is read by one task. */
final class JsonArrayFiles extends FileRecords {
  JsonArrayFiles(
      SparkSession spark, List<InputFile> files, DataFormat format, Map<String, String> fields) {
    super(spark, files, format, fields);
  }

  /**
   * Whether files hold arrays, and not an object in each line.
   *
   * @throws DataException if only some of them do
   */
  static boolean hold(SparkSession spark, List<InputFile> files) {
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    long arrays = files.parallelStream().filter(file -> JsonArray.isIn(file, conf)).count();
    if (arrays > 0 && arrays < files.size()) {
      throw new DataException(
          "Cannot read %s and the files next to it: some hold a JSON array, others JSON lines"
              .formatted(files.get(0).name()));
    }
    return arrays > 0;
  }

  @Override
  public <R> JavaRDD<R> map(SplitFunction<R> function) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark().sparkContext());
    Broadcast<SerializableConfiguration> conf =
        context.broadcast(
            new SerializableConfiguration(spark().sparkContext().hadoopConfiguration()));
    List<String> locations = locations();
    return context
        .parallelize(
            IntStream.range(0, locations.size()).boxed().toList(), Math.max(1, locations.size()))
        .flatMap(
            file -> {
              RecordStream stream = JsonArray.open(file, locations.get(file), conf.value().value());
              TaskContext.get()
                  .addTaskCompletionListener((TaskCompletionListener) done -> close(stream));
              return new Elements<>(stream, function.open());
            });
  }

  @Override
  public StreamOpener streams() {
    return JsonArray::open;
  }

  private static void close(RecordStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot close a file that was read", e);
    }
  }

  /** What a function makes of the elements of an array; null results are left out. */
  private static final class Elements<R> implements Iterator<R> {
    private final RecordStream stream;
    private final Function<Line, R> function;
    private R next;
    private boolean ended;

    Elements(RecordStream stream, Function<Line, R> function) {
      this.stream = stream;
      this.function = function;
    }

    @Override
    public boolean hasNext() {
      try {
        while (next == null && !ended) {
          Line line = stream.next();
          ended = line == null;
          next = ended ? null : function.apply(line);
        }
        return next != null;
      } catch (IOException e) {
        throw new DataException("Cannot read a JSON array: " + e.getMessage(), e);
      }
    }

    @Override
    public R next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      R result = next;
      next = null;
      return result;
    }
  }
}
