package ai.signal.chat;

/** Why an expression has no value; who evaluates it adds the place. */
final class RenderException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean raised;

  RenderException(String problem) {
    this(problem, false);
  }

  private RenderException(String problem, boolean raised) {
    super(problem, null, false, false);
    this.raised = raised;
  }

  /** The template's own {@code raise_exception}. */
  static RenderException raisedByTemplate(String message) {
    return new RenderException(message, true);
  }

  boolean raised() {
    return raised;
  }
}
