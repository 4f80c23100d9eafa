package ai.signal.generate;

/** Why a completion ended. */
public enum StopReason {
  /** The model said that it is done. */
  EOS,
  /** A text of {@code stop} or a token of {@code stop_token_ids} was reached. */
  STOP,
  /** {@code max_tokens} was reached. */
  LENGTH
}
