package ai.signal.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * Log-probabilities of targets, or scores, with what their backward pass needs. Lives in the scope
 * that made it.
 */
public final class Head {
  private final NDArray rows; // [n]
  private final NDArray targets; // [n, K]; null where it made scores
  // scores [n, 1], or log-probabilities [n, K], float32; others [n, hidden] unless the head is
  // trained
  private final NDList outputs;

  Head(NDArray rows, NDArray targets, NDList outputs) {
    this.rows = rows;
    this.targets = targets;
    this.outputs = outputs;
  }

  static Head ofScores(NDArray rows, NDList outputs) {
    return new Head(rows, null, outputs);
  }

  boolean ofScores() {
    return targets == null;
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

  /** [n, K] row-major, nats; of a score head its scores, [n]. */
  public float[] logprobs() {
    return outputs.get(0).toFloatArray();
  }
}
