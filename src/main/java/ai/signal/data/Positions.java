package ai.signal.data;

import java.io.Serializable;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import scala.Tuple2;

/**
 * Gives something of the records of a partition, such as their examples, its position in the whole
 * data set.
 */
final class Positions<T> implements PairFlatMapFunction<Iterator<Tokenized>, Long, T> {
  private static final long serialVersionUID = 1L;

  private final long[] starts;
  private final Part<T> what;

  /**
   * @param starts the position of each partition's first
   * @param what of a record has a position, or null
   */
  Positions(long[] starts, Part<T> what) {
    this.starts = starts;
    this.what = what;
  }

  @Override
  public Iterator<Tuple2<Long, T>> call(Iterator<Tokenized> records) {
    return new Iterator<>() {
      private long position = starts[TaskContext.getPartitionId()];
      private T next;

      @Override
      public boolean hasNext() {
        while (next == null && records.hasNext()) {
          next = what.apply(records.next());
        }
        return next != null;
      }

      @Override
      public Tuple2<Long, T> next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        T value = next;
        next = null;
        return new Tuple2<>(position++, value);
      }
    };
  }

  /** What has a position, of records that have it. */
  @FunctionalInterface
  interface Part<T> extends Function<Tokenized, T>, Serializable {}
}
