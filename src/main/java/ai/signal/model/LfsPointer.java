package ai.signal.model;

import ai.signal.storage.LocalFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The small text that git puts in place of a large file until {@code git lfs pull} fetches it. Most
 * models are cloned with git, often without git-lfs.
 */
final class LfsPointer {
  /** Every pointer's first line, by the specification of git-lfs. */
  private static final String START = "version https://git-lfs.github.com/spec/";

  private LfsPointer() {}

  /** Whether the first bytes of a file are those of a pointer. */
  static boolean begins(byte[] prefix) {
    byte[] start = START.getBytes(StandardCharsets.US_ASCII);
    int length = Math.min(prefix.length, start.length);
    return length >= Long.BYTES && Arrays.equals(prefix, 0, length, start, 0, length);
  }

  /**
   * Nothing, unless the text is a pointer.
   *
   * @throws ModelFormatException if it is one
   */
  static void refuse(String what, String text, Path file) {
    if (text.startsWith(START)) {
      throw refusal(what, file);
    }
  }

  /** The same for a file, which need not exist. */
  static void refuse(String what, Path file) {
    if (!Files.isRegularFile(file)) {
      return;
    }
    try (InputStream in = LocalFiles.open(file)) {
      if (begins(in.readNBytes(START.length()))) {
        throw refusal(what, file);
      }
    } catch (IOException e) {
      throw new ModelFormatException(what, "the file cannot be read: " + e, file, e);
    }
  }

  static ModelFormatException refusal(String what, Path file) {
    Path directory = file.toAbsolutePath().getParent();
    return new ModelFormatException(
        what,
        "%s is a git-lfs pointer, not the file itself; fetch it: git -C %s lfs pull"
            .formatted(file.getFileName(), directory),
        file);
  }
}
