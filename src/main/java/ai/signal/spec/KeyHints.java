package ai.signal.spec;

import java.util.Optional;

/** Hints for messages about keys that cannot be bound, in addition to the keys that are allowed. */
public interface KeyHints {
  /** No hints. */
  KeyHints NONE = new KeyHints() {};

  /** Whether a later version has the key. */
  default boolean later(String path) {
    return false;
  }

  /**
   * The key of this spec that has the meaning of another tool's key.
   *
   * @param path of the key that is not known
   * @param key its last part
   */
  default Optional<String> synonym(String path, String key) {
    return Optional.empty();
  }

  /** The place of a key that was written in the wrong one, given like {@link #synonym}. */
  default Optional<String> elsewhere(String path, String key) {
    return Optional.empty();
  }
}
