package ai.signal.train;

import ai.signal.cluster.FloatBlocks;

/** Moments of a flat parameter vector. */
final class AdamState {
  private final float[] mean; // [size] first moment
  private final float[] square; // [size] second moment
  private int steps;

  AdamState(int size) {
    this.mean = new float[size];
    this.square = new float[size];
  }

  /**
   * One step, float32 like torch's, in one pass over memory.
   *
   * @param values [size] changed in place
   * @param gradient [size]
   * @param scale what the gradient is multiplied by first
   * @param copy receives the new values: tasks read these, while {@code values} go on to change
   */
  void step(AdamW adam, float[] values, float[] gradient, float scale, FloatBlocks copy) {
    steps++;
    float decay = (float) (1 - adam.learningRate() * adam.weightDecay());
    float stepSize = (float) (adam.learningRate() / (1 - Math.pow(adam.beta1(), steps)));
    float rootCorrection = (float) Math.sqrt(1 - Math.pow(adam.beta2(), steps));
    float keep = (float) adam.beta2();
    float take = (float) (1 - adam.beta2());
    float lerp = (float) (1 - adam.beta1());
    float epsilon = (float) adam.epsilon();
    Blocks.forEach(
        values.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            float g = gradient[i] * scale;
            mean[i] += lerp * (g - mean[i]);
            square[i] = keep * square[i] + take * g * g;
            float root = (float) Math.sqrt(square[i]) / rootCorrection + epsilon;
            values[i] = values[i] * decay - stepSize * (mean[i] / root);
          }
          copy.put(values, from, to);
        });
  }
}
