package ai.signal.model.tokenizer.regex;

/** A pattern that is not known to be bounded; the message continues "which ...". */
public final class PatternException extends Exception {
  private static final long serialVersionUID = 1L;

  PatternException(String problem) {
    super(problem);
  }
}
