package ai.signal.data;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Tells files that a task cannot read from every other failure of a Spark job. */
final class DamagedFile {
  private static final List<String> READERS = List.of("org.apache.parquet.", "org.apache.orc.");

  private DamagedFile() {}

  /**
   * The refusal, where a failure comes out of a reader of files.
   *
   * @param data that was read
   */
  static Optional<DataException> in(Exception failure, String data) {
    if (failure instanceof DataException) {
      return Optional.empty();
    }
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof DataException ours) {
        return Optional.of(new DataException(ours.getMessage(), failure)); // of a task
      }
    }
    Throwable root = root(failure);
    boolean read =
        root instanceof Exception
            && Arrays.stream(root.getStackTrace())
                .anyMatch(frame -> READERS.stream().anyMatch(frame.getClassName()::startsWith));
    return read
        ? Optional.of(
            new DataException(
                "Cannot read %s: %s (data.path)".formatted(data, says(root)), failure))
        : Optional.empty();
  }

  /** What the first of all causes says. */
  static String says(Throwable failure) {
    Throwable root = root(failure);
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
