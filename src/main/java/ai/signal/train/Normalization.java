package ai.signal.train;

/** What optim_step divides the accumulated gradient by. */
public enum Normalization {
  /** The sum of the losses' denominators: k small batches equal one large one. */
  MEAN,
  /** Nothing: the gradient of the sum. */
  NONE
}
