package ai.signal.storage;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * An entry of a {@link WriteRecord}: files that a writer announced, and what proves that a file is
 * one of them.
 */
sealed interface RecordedFile {
  /** Name relative to the root, with {@code /} between directories. */
  String name();

  /** A file with known content. */
  record WithDigest(String name, long size, String sha256) implements RecordedFile {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    public WithDigest {
      Names.require(name);
      if (size < 0 || sha256 == null || !SHA256.matcher(sha256).matches()) {
        throw new IllegalArgumentException("'%s' has no size or no SHA-256".formatted(name));
      }
    }
  }

  /** A file whose path carries the writer's id. */
  record InOwnPath(String name) implements RecordedFile {
    public InOwnPath {
      Names.require(name);
    }
  }

  /** A small file whose content carries the writer's id, such as a checkpoint's manifest. */
  record WithIdInside(String name) implements RecordedFile {
    public WithIdInside {
      Names.require(name);
    }
  }

  /**
   * Files directly in a directory whose own name carries the writer's id.
   *
   * @param name of the directory; empty for the root
   */
  record InDirectory(String name) implements RecordedFile {
    public InDirectory {
      if (!name.isEmpty()) {
        Names.require(name);
      }
    }
  }

  /** Names in records, which may have been written by anybody. */
  final class Names {
    private static final int MAX_LENGTH = 1024;

    private Names() {}

    /**
     * Refuses names that could mean a place outside the root.
     *
     * @throws IllegalArgumentException with the name
     */
    static String require(String name) {
      boolean inside =
          name != null
              && !name.isEmpty()
              && name.length() <= MAX_LENGTH
              && name.chars().noneMatch(c -> c < ' ' || c == '\\' || c == ':')
              && Arrays.stream(name.split("/", -1))
                  .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
      if (!inside) {
        throw new IllegalArgumentException("'%s' is no name below an output".formatted(name));
      }
      return name;
    }
  }
}
