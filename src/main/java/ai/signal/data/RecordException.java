package ai.signal.data;

/** Why a line is no record; the message is the reason alone, since the line number is not known. */
final class RecordException extends Exception {
  private static final long serialVersionUID = 1L;

  RecordException(String reason) {
    super(reason);
  }

  RecordException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
