package ai.signal.job;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkException;

/**
 * Finds other processes that write to the output of a running job. A job that another one replaces
 * fails wherever it misses a file first; the records of that other job tell why.
 */
final class OtherWriters {
  private final OutputDirectory output;
  private final Set<Path> before;

  private OtherWriters(OutputDirectory output, Set<Path> before) {
    this.output = output;
    this.before = before;
  }

  /** Notes which records there are when a job begins. */
  static OtherWriters since(OutputDirectory output) throws IOException {
    return new OtherWriters(output, Set.copyOf(output.files().writersOfOthers().keySet()));
  }

  /**
   * Returns the other process as the cause of a failure; empty where the failure is not one of
   * files, or nobody else has written since.
   */
  Optional<OutputTakenException> causeOf(Throwable failure) {
    if (!isOfFiles(failure)) {
      return Optional.empty();
    }
    try {
      Map<Path, String> writers = output.files().writersOfOthers();
      writers.keySet().removeAll(before);
      return writers.values().stream()
          .findFirst()
          .map(writer -> new OutputTakenException(output.location(), writer, failure));
    } catch (IOException e) {
      failure.addSuppressed(e);
      return Optional.empty();
    }
  }

  /** A task of Spark tells of its failure in text. */
  private static boolean isOfFiles(Throwable failure) {
    return Failures.isOf(failure, IOException.class)
        || Failures.isOf(failure, FSError.class)
        || Failures.isOf(failure, SparkException.class);
  }
}
