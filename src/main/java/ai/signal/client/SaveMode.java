package ai.signal.client;

/** What save_state publishes. */
public enum SaveMode {
  /** The adapter alone, as a PEFT directory. */
  ADAPTER,
  /** The base model with the adapter merged in, as a Hugging Face directory. */
  MERGED,
  /**
   * All that decides how the run goes on, as a checkpoint: see {@link
   * AsyncTrainingClient#loadState}.
   */
  STATE
}
