package ai.signal.chat;

/** Why an expression has no value; who evaluates it adds the place. */
final class RenderException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean raised;
  private final boolean limit;

  RenderException(String problem) {
    this(problem, false, false);
  }

  private RenderException(String problem, boolean raised, boolean limit) {
    this(problem, null, raised, limit);
  }

  private RenderException(String problem, Throwable cause, boolean raised, boolean limit) {
    super(problem, cause, false, false);
    this.raised = raised;
    this.limit = limit;
  }

  /** A defect here that a template found: it fails as the template's failures do. */
  static RenderException defect(RuntimeException e) {
    return new RenderException("the interpreter failed with " + e, e, false, false);
  }

  /** The template's own {@code raise_exception}. */
  static RenderException raisedByTemplate(String message) {
    return new RenderException(message, true, false);
  }

  /** More work, memory or nesting than a rendering may take. */
  static RenderException limit(String what) {
    return new RenderException(what, false, true);
  }

  boolean raised() {
    return raised;
  }

  boolean isLimit() {
    return limit;
  }
}
