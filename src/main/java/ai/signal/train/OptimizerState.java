package ai.signal.train;

import ai.signal.cluster.FloatBlocks;

/** What an optimizer remembers of the steps before, on the driver. */
interface OptimizerState {
  /**
   * One step, float32 like torch's.
   *
   * @param optimizer of the kind that the state was made by
   * @param values [size] changed in place
   * @param gradient [size]
   * @param scale what the gradient is multiplied by first
   * @param copy receives the new values: tasks read these, while {@code values} go on to change
   */
  void step(Optimizer optimizer, float[] values, float[] gradient, float scale, FloatBlocks copy);
}
