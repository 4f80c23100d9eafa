package ai.signal.checkpoint;

import java.util.regex.Pattern;

/**
 * A file of a checkpoint.
 *
 * @param name relative to the checkpoint, of letters, digits and {@code . _ -}, with {@code /}
 *     between directories
 * @param size in bytes
 * @param sha256 of its content, 64 hexadecimal digits
 */
public record StoredFile(String name, long size, String sha256) {
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int MAX_NAME = 255;

  public StoredFile {
    requireName(name);
    if (size < 0) {
      throw new IllegalArgumentException("'%s' has a size of %d".formatted(name, size));
    }
    if (sha256 == null || !SHA256.matcher(sha256).matches()) {
      throw new IllegalArgumentException("'%s' has no SHA-256".formatted(name));
    }
  }

  /**
   * Refuses names that could leave the checkpoint or mean another place on some file system.
   *
   * @throws IllegalArgumentException with the name and what is allowed
   */
  static void requireName(String name) {
    if (name == null || name.length() > MAX_NAME || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no name of a file in a checkpoint; allowed: letters, digits, . _ - and / between names that do not begin with a dot"
              .formatted(name));
    }
  }
}
