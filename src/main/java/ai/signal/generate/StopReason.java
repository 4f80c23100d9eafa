package ai.signal.generate;

/** Why a completion ended. */
public enum StopReason {
  /** The model said that it is done. */
  EOS,
  /** {@code max_tokens} was reached. */
  LENGTH
}
