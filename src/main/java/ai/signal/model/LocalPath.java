package ai.signal.model;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A user's text as a path of this host. */
public final class LocalPath {
  private LocalPath() {}

  /**
   * The path.
   *
   * @param what what is being loaded, for messages: "model", "adapter"
   * @throws ModelFormatException when no file can have that name, such as one with a NUL or half a
   *     surrogate pair
   */
  public static Path of(String what, String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new ModelFormatException(what, "no file can have that name: " + e.getReason(), text, e);
    }
  }

  /** Whether a file of this host can have the name. */
  static boolean isPossible(String text) {
    try {
      return !Path.of(text).toString().isEmpty();
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
