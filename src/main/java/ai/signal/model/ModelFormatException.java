package ai.signal.model;

import ai.signal.storage.Location;
import ai.signal.storage.Refusal;
import java.nio.file.Path;

/**
 * A model, adapter or tokenizer file that cannot be used as it is; the message names the file and
 * what is wrong.
 */
public final class ModelFormatException extends RuntimeException implements Refusal {
  private static final long serialVersionUID = 1L;
  private static final int MAX_QUOTED = 120;
  private static final int MAX_PROBLEM = 600;

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
   * Refuses a path that no {@link Location} may have, without repeating it.
   *
   * @param what as above
   */
  public static void requireLocation(String what, Path path) {
    Location.problem(path.toString())
        .ifPresent(
            problem -> {
              throw new ModelFormatException(what, problem, what);
            });
  }

  /** A name or value from a file, in quotes and cut when long. */
  public static String quote(String text) {
    return "'" + OneLine.cut(text, MAX_QUOTED) + "'";
  }

  /** One line, whatever a file put into the problem. */
  private static String message(String what, String problem, Object where) {
    return OneLine.message(
        "Cannot load %s: %s (%s)".formatted(what, OneLine.cut(problem, MAX_PROBLEM), where));
  }
}
