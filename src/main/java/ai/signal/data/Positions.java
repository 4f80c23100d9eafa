package ai.signal.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import scala.Tuple2;

/** Gives each example of a partition its position in the whole data set. */
final class Positions implements PairFlatMapFunction<Iterator<Tokenized>, Long, byte[]> {
  private static final long serialVersionUID = 1L;

  private final long[] starts;

  /**
   * @param starts the position of each partition's first example
   */
  Positions(long[] starts) {
    this.starts = starts;
  }

  @Override
  public Iterator<Tuple2<Long, byte[]>> call(Iterator<Tokenized> records) {
    return new Iterator<>() {
      private long position = starts[TaskContext.getPartitionId()];
      private byte[] next;

      @Override
      public boolean hasNext() {
        while (next == null && records.hasNext()) {
          next = records.next().example;
        }
        return next != null;
      }

      @Override
      public Tuple2<Long, byte[]> next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        byte[] example = next;
        next = null;
        return new Tuple2<>(position++, example);
      }
    };
  }
}
