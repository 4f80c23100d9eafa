package ai.signal.data;

import java.io.Serializable;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/** The records of a data set, read by Spark with each one's identity. */
interface Records {
  /** Finds what {@code spec} names, on the driver. */
  static Records open(SparkSession spark, DataSpec spec) {
    return open(spark, spec, RecordUse.TRAINING);
  }

  /** Finds what {@code spec} names for some use. */
  static Records open(SparkSession spark, DataSpec spec, RecordUse use) {
    return Sources.open(spark, spec, use);
  }

  /**
   * Applies {@code function} to each record. Within a partition they are in the order of their
   * identities, and so are partitions, if not by their number, then by {@link Place#file} and
   * {@link Place#offset} of what they hold.
   */
  <R> JavaRDD<R> map(SplitFunction<R> function);

  /** Whether partitions are in order by their number. */
  default boolean isInOrder() {
    return false;
  }

  /** Makes training records of lines, where they are read. */
  RecordReader reader();

  /** Columns of rows that no field is read from. */
  default List<String> unused() {
    return List.of();
  }

  /** What the numbers in identities stand for. */
  List<String> locations();

  /** How often what was read is to be taken for another, and for what it is the same. */
  List<String> fingerprint();

  /** Which record is bad and why. */
  String fault(Place place, String reason);

  /** The records of text file {@code file} from its first, to find one again; not for rows. */
  StreamOpener streams();

  /** Records that the data set's filter has left out. */
  default long filteredOut() {
    return 0;
  }

  /** Records that passed the filter, before duplicates were left out; -1 where none were. */
  default long passed() {
    return -1;
  }

  /** Opened in a task, once for each split that it reads. */
  @FunctionalInterface
  interface SplitFunction<R> extends Serializable {
    /** What to make of each line in turn; null leaves it out. */
    Function<Line, R> open();
  }
}
