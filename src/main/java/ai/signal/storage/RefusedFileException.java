package ai.signal.storage;

import java.io.IOException;

/** A file that is not read: it is no regular file, or is larger than any of its kind. */
public final class RefusedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  /**
   * A refusal.
   *
   * @param file its path
   * @param reason what is wrong, as the rest of a sentence about the file: "is a directory"
   */
  RefusedFileException(Object file, String reason) {
    super("Cannot read %s: it %s".formatted(file, reason));
    this.reason = reason;
  }

  /**
   * Why a file cannot be read, as the rest of a sentence that begins with its name: "is a named
   * pipe, not a regular file", or "cannot be read: ..." where the operating system refuses it.
   */
  public static String reason(IOException failure) {
    return failure instanceof RefusedFileException refused
        ? refused.reason
        : "cannot be read: " + failure.getMessage();
  }
}
