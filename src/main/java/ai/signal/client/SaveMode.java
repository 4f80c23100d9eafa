package ai.signal.client;

/** What save_state publishes. */
public enum SaveMode {
  /** The adapter alone, as a PEFT directory. */
  ADAPTER
}
