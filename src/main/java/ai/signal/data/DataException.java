package ai.signal.data;

import ai.signal.model.OneLine;
import ai.signal.storage.Refusal;
import java.io.IOException;

/** A data set that cannot be read or used: the message names the file, the line and the reason. */
public final class DataException extends RuntimeException implements Refusal {
  private static final long serialVersionUID = 1L;
  private final boolean ofTheUser;

  /**
   * @param message what cannot be done and why
   */
  public DataException(String message) {
    this(message, null, true);
  }

  /**
   * @param message what cannot be done and why
   * @param cause what the file system or library said; a failed read or write is no mistake in the
   *     data
   */
  public DataException(String message, Throwable cause) {
    this(message, cause, !(cause instanceof IOException));
  }

  private DataException(String message, Throwable cause, boolean ofTheUser) {
    super(OneLine.message(message), cause);
    this.ofTheUser = ofTheUser;
  }

  /** A failure of files that Signal made from the data, which the user cannot correct. */
  static DataException ofTheRun(String message) {
    return new DataException(message, null, false);
  }

  @Override
  public boolean isOfTheUser() {
    return ofTheUser;
  }
}
