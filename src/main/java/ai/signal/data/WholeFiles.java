package ai.signal.data;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/** Text files that can only be read from their beginning: a file is read by one task. */
final class WholeFiles {
  private WholeFiles() {}

  /**
   * Applies a function to each record.
   *
   * @param numbers of the files to read
   * @param locations of all files, by number
   */
  static <R> JavaRDD<R> map(
      SparkSession spark,
      List<Integer> numbers,
      List<String> locations,
      StreamOpener opener,
      Records.SplitFunction<R> function) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> conf =
        context.broadcast(
            new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    return context
        .parallelize(numbers, Math.max(1, numbers.size()))
        .flatMap(
            file -> {
              String name = InputFile.shown(locations.get(file));
              RecordStream stream;
              try {
                stream = opener.open(file, locations.get(file), conf.value().value());
              } catch (IOException e) {
                throw unreadable(name, e);
              }
              TaskContext.get()
                  .addTaskCompletionListener((TaskCompletionListener) done -> close(stream));
              return new RecordsOfFile<>(name, stream, function.open());
            });
  }

  private static DataException unreadable(String name, IOException e) {
    return new DataException("Cannot read %s: %s".formatted(name, DamagedFile.says(e)), e);
  }

  private static void close(RecordStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot close a file that was read", e);
    }
  }

  /** The results of a function for the records of a file, without blank lines and nulls. */
  private static final class RecordsOfFile<R> implements Iterator<R> {
    private final String name;
    private final RecordStream stream;
    private final Function<Line, R> function;
    private R next;
    private boolean ended;

    RecordsOfFile(String name, RecordStream stream, Function<Line, R> function) {
      this.name = name;
      this.stream = stream;
      this.function = function;
    }

    @Override
    public boolean hasNext() {
      try {
        while (next == null && !ended) {
          Line line = stream.next();
          ended = line == null;
          boolean blank = !ended && line.fault() == null && line.isBlank();
          next = ended || blank ? null : function.apply(line);
        }
        return next != null;
      } catch (IOException e) {
        throw unreadable(name, e);
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
