package ai.signal.data;

import ai.signal.model.OneLine;

/** A data set that cannot be read or used: the message names the file, the line and the reason. */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what cannot be done and why
   */
  public DataException(String message) {
    super(OneLine.message(message));
  }

  /**
   * @param message what cannot be done and why
   * @param cause what the file system or library said
   */
  public DataException(String message, Throwable cause) {
    super(OneLine.message(message), cause);
  }
}
