package ai.signal.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * A prompt that went through the model once: its keys and values, to be copied into as many rows of
 * a cache as it has completions, and its hidden states. Belongs to the scope that it was made in.
 */
public final class Prefix {
  private final int[] tokens;
  private final NDList tensors; // hidden [n, hidden], its last row, then of each layer keys, values

  Prefix(int[] tokens, NDList tensors) {
    this.tokens = tokens;
    this.tensors = tensors;
  }

  /** The prompt, [n]. */
  public int[] tokens() {
    return tokens;
  }

  NDList tensors() {
    return tensors;
  }

  /** [n, hidden] after the final norm. */
  NDArray hidden() {
    return tensors.get(0);
  }

  /** [1, hidden] the last row of it. */
  NDArray last() {
    return tensors.get(1);
  }
}
