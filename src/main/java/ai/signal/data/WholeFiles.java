package ai.signal.data;

import java.io.IOException;
import java.util.List;
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
                throw LineIterator.unreadable(name, e);
              }
              TaskContext.get()
                  .addTaskCompletionListener((TaskCompletionListener) done -> close(stream));
              return new LineIterator<>(name, stream::next, function.open());
            });
  }

  private static void close(RecordStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot close a file that was read", e);
    }
  }
}
