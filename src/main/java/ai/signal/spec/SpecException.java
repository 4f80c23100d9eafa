package ai.signal.spec;

import ai.signal.model.OneLine;
import ai.signal.storage.Refusal;
import ai.signal.storage.UriCredentials;

/**
 * A job spec or command line that cannot be run as it stands. The message is one line for a person.
 */
public final class SpecException extends RuntimeException implements Refusal {
  private static final long serialVersionUID = 1L;

  public SpecException(String message) {
    super(OneLine.message(UriCredentials.redacted(message)));
  }

  /** A value that its key does not allow; {@code key} is relative to the record that refused it. */
  public static final class Value extends IllegalArgumentException implements Refusal {
    private static final long serialVersionUID = 1L;

    private final String key;
    private final String problem;

    public Value(String key, Object value, String allowed) {
      this(key, "= %s is refused, allowed: %s".formatted(value, allowed));
    }

    /** The message reads {@code KEY PROBLEM}. */
    public Value(String key, String problem) {
      super(OneLine.message(UriCredentials.redacted(key + " " + problem)));
      this.key = key;
      this.problem = problem;
    }

    /** The same refusal, seen from the record that holds the one that refused. */
    public Value under(String parent) {
      return parent.isEmpty() ? this : new Value(parent + "." + key, problem);
    }
  }
}
