package ai.signal.train;

/**
 * How a gradient moves the adapter. Settings may differ from step to step, the learning rate above
 * all; the kind of optimizer may not, since its state belongs to it.
 */
public sealed interface Optimizer permits AdamW, Adam, Sgd, Adafactor, LoraPlus {
  /** Its name in a job spec. */
  String name();

  /** Step size, at least 0. */
  double learningRate();

  /** The same with another step size. */
  Optimizer withLearningRate(double rate);

  /** Greatest global norm of the gradient, positive; infinite: it is not clipped. */
  double gradClip();

  /**
   * State for a parameter vector.
   *
   * @param matrices that it consists of
   */
  OptimizerState state(Matrices matrices);

  /** Checks a setting. */
  static void require(boolean holds, String key, double value, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException(
          "Cannot optimize: " + key + " is " + value + ", it must be " + allowed);
    }
  }

  /** Checks the settings that all have. */
  static void requireCommon(double learningRate, double weightDecay, double gradClip) {
    require(
        learningRate >= 0 && learningRate < Double.POSITIVE_INFINITY,
        "learning_rate",
        learningRate,
        "0 or more");
    require(
        weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY,
        "weight_decay",
        weightDecay,
        "0 or more");
    require(gradClip > 0, "grad_clip", gradClip, "positive");
  }
}
