package ai.signal.model;

import ai.djl.ndarray.NDList;

/**
 * A forward pass up to the hidden states, with all that its backward pass needs. Lives in the scope
 * that made it.
 */
public final class Trunk {
  private final NDList lora;
  private final NDList batch;
  private final NDList saved; // hidden [tokens, hidden], then the leaf or the layers' inputs

  Trunk(NDList lora, NDList batch, NDList saved) {
    this.lora = lora;
    this.batch = batch;
    this.saved = saved;
  }

  NDList lora() {
    return lora;
  }

  NDList batch() {
    return batch;
  }

  NDList saved() {
    return saved;
  }
}
