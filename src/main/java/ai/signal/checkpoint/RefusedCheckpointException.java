package ai.signal.checkpoint;

/** A checkpoint that is there but must not be loaded: damaged, of another run, or of the future. */
public final class RefusedCheckpointException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  /**
   * A refusal.
   *
   * @param step the checkpoint's
   * @param reason what is wrong, with the values
   * @param where the file or directory
   */
  RefusedCheckpointException(long step, String reason, Object where) {
    super("Cannot load checkpoint of step %d: %s (%s)".formatted(step, reason, where));
    this.reason = reason;
  }

  /** What is wrong, without step and place. */
  public String reason() {
    return reason;
  }
}
