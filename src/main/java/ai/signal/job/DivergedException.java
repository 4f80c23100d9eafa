package ai.signal.job;

/** Training that ended without finite numbers: one line with the stage and what to do. */
final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DivergedException(String message) {
    super(message);
  }
}
