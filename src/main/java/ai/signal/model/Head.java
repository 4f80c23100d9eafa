package ai.signal.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * Log-probabilities of targets, with what their backward pass needs. Lives in the scope that made
 * it.
 */
public final class Head {
  private final NDArray rows; // [n]
  private final NDArray targets; // [n, K]
  private final NDList
      outputs; // log-probabilities [n, K] float32; others [n, hidden] unless the head is trained

  Head(NDArray rows, NDArray targets, NDList outputs) {
    this.rows = rows;
    this.targets = targets;
    this.outputs = outputs;
  }

  NDArray rows() {
    return rows;
  }

  NDArray targets() {
    return targets;
  }

  NDList outputs() {
    return outputs;
  }

  /** [n, K] row-major, nats. */
  public float[] logprobs() {
    return outputs.get(0).toFloatArray();
  }
}
