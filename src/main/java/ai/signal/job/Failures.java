package ai.signal.job;

import org.apache.spark.SparkException;

/** A failure as one line for a person. */
final class Failures {
  private Failures() {}

  /** What went wrong, without what Spark wraps around it. */
  static String line(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof SparkException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? "" : cause.getMessage();
    String line = message.lines().findFirst().orElse("").strip();
    return line.isEmpty() ? cause.getClass().getSimpleName() : line;
  }
}
