package ai.signal.job;

/** A job that cannot go on from its checkpoint: one line with the stage and what to do. */
final class CannotGoOnException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CannotGoOnException(String message) {
    super(message);
  }
}
