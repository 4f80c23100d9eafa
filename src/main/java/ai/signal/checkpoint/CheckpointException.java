package ai.signal.checkpoint;

import ai.signal.model.OneLine;
import ai.signal.storage.StoreProblem;
import java.util.Optional;

/**
 * A checkpoint that cannot be saved or loaded: one line with the step, the place and the reason.
 */
public sealed class CheckpointException extends RuntimeException
    permits RefusedCheckpointException, ForeignWriterException {
  private static final long serialVersionUID = 1L;

  /**
   * A failure.
   *
   * @param message what cannot be done, where and why
   */
  public CheckpointException(String message) {
    super(OneLine.message(message));
  }

  /**
   * The same with what the file system said.
   *
   * @param message what cannot be done, where and why
   * @param cause what the file system or library said
   */
  public CheckpointException(String message, Throwable cause) {
    super(OneLine.message(message), cause);
  }

  /** Of a failure's chain, the message that says most about it, in one line. */
  static String reason(Throwable failure) {
    Optional<StoreProblem> known =
        StoreProblem.of(failure).filter(problem -> problem.kind() != StoreProblem.Kind.FULL);
    if (known.isPresent()) {
      return known.get().line();
    }
    Throwable root = failure;
    for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
      root = root.getCause();
    }
    String text = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    String line = text.strip().replaceAll("\\s*\\R\\s*", " ");
    return line.length() <= 300 ? line : line.substring(0, 300) + "...";
  }
}
