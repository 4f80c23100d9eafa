package ai.signal.job;

import ai.signal.model.OneLine;
import ai.signal.storage.Refusal;
import ai.signal.storage.UriCredentials;

/** Spark that does not start; the message is one line with the setting and what to do. */
final class SparkStartException extends RuntimeException implements Refusal {
  private static final long serialVersionUID = 1L;
  private final boolean ofASetting;

  /**
   * @param ofASetting whether a setting that the user wrote is the cause
   */
  SparkStartException(String problem, boolean ofASetting, Throwable cause) {
    super(OneLine.message(UriCredentials.redacted("Cannot start Spark: " + problem)), cause);
    this.ofASetting = ofASetting;
  }

  @Override
  public boolean isOfTheUser() {
    return ofASetting;
  }
}
