package ai.signal.checkpoint;

/** Another writer holds the output, or has committed the step: two drivers write to one place. */
public final class ForeignWriterException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  /**
   * A conflict.
   *
   * @param message what cannot be done, and both writers
   */
  ForeignWriterException(String message) {
    super(message);
  }
}
