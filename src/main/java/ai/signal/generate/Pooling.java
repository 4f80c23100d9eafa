package ai.signal.generate;

/** How the hidden states of a text's tokens become one vector. */
public enum Pooling {
  /** Their mean. */
  MEAN,
  /** That of the last token, which has seen all others. */
  LAST,
  /** That of the first token: for models that were trained with one that sees the whole text. */
  CLS
}
