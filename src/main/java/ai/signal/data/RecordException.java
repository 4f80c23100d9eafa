package ai.signal.data;

import ai.signal.model.OneLine;

/** Why a line is no record; the message is the reason alone, since the line number is not known. */
final class RecordException extends Exception {
  private static final long serialVersionUID = 1L;

  RecordException(String reason) {
    super(OneLine.message(reason));
  }

  RecordException(String reason, Throwable cause) {
    super(OneLine.message(reason), cause);
  }
}
