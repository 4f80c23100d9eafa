package ai.signal.model;

/**
 * A model, adapter or tokenizer file that cannot be used as it is; the message names the file and
 * what is wrong.
 */
public final class ModelFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_QUOTED = 120;

  /**
   * A refusal.
   *
   * @param what what was being loaded: "model", "weights", "adapter", "tokenizer"
   * @param problem what is wrong, with the value
   * @param where the file or directory
   */
  public ModelFormatException(String what, String problem, Object where) {
    super(message(what, problem, where));
  }

  public ModelFormatException(String what, String problem, Object where, Throwable cause) {
    super(message(what, problem, where), cause);
  }

  /**
   * A name from a file, fit for a one-line message: in quotes, cut when long, control characters
   * replaced.
   */
  public static String quote(String name) {
    String cut = name.length() <= MAX_QUOTED ? name : name.substring(0, MAX_QUOTED) + "...";
    StringBuilder clean = new StringBuilder(cut.length() + 2).append('\'');
    cut.chars().forEach(c -> clean.append(Character.isISOControl(c) ? '?' : (char) c));
    return clean.append('\'').toString();
  }

  private static String message(String what, String problem, Object where) {
    return "Cannot load " + what + ": " + problem + " (" + where + ")";
  }
}
