package ai.signal.job;

import ai.signal.client.SignalException;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.SparkException;

/** A failure as one line for a person. */
final class Failures {
  private Failures() {}

  /** What went wrong, without what Spark wraps around it. */
  static String line(Throwable failure) {
    Throwable cause = cause(failure);
    String message = cause.getMessage() == null ? "" : cause.getMessage();
    String line = message.lines().findFirst().orElse("").strip();
    return line.isEmpty() ? cause.getClass().getSimpleName() : line;
  }

  /** Whether the message was written for the person who runs the job: no stack trace is needed. */
  static boolean speaksForItself(Throwable failure) {
    return cause(failure).getClass().getName().startsWith("ai.signal.");
  }

  /** Whether a failure is of a kind, or was caused by one. */
  static boolean isOf(Throwable failure, Class<? extends Throwable> kind) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (isWrapper(cause) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static boolean isWrapper(Throwable failure) {
    return failure instanceof SparkException
        || failure instanceof FSError
        || failure instanceof SignalException.Failed;
  }
}
