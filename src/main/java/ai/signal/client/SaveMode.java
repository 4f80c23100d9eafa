package ai.signal.client;

/** What save_state publishes. */
public enum SaveMode {
  /** The adapter alone, as a PEFT directory. */
  ADAPTER,
  /**
   * All that decides how the run goes on, as a checkpoint: see {@link
   * AsyncTrainingClient#loadState}.
   */
  STATE
}
