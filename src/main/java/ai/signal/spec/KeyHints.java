package ai.signal.spec;

import java.util.Optional;

/** What messages about keys and values that cannot be bound may say beside what is allowed. */
public interface KeyHints {
  /** Nothing. */
  KeyHints NONE = new KeyHints() {};

  /** Whether a later version has the key. */
  default boolean later(String path) {
    return false;
  }

  /** Where a key that was written in the wrong place belongs. */
  default Optional<String> elsewhere(String key) {
    return Optional.empty();
  }
}
