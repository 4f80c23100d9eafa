package ai.signal.train;

/**
 * Adam (Kingma and Ba, 2015), as {@code torch.optim.Adam}: weight decay is added to the gradient.
 *
 * @param learningRate at least 0
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the root of the second moment, positive
 * @param weightDecay at least 0; times the values it is added to the gradient
 * @param gradClip greatest global norm of the gradient, positive; infinite = no clipping
 */
public record Adam(
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double gradClip)
    implements Optimizer {

  public Adam {
    Optimizer.requireCommon(learningRate, weightDecay, gradClip);
    AdamW.requireMoments(beta1, beta2, epsilon);
  }

  /** torch's defaults, without decay or clipping. */
  public static Adam of(double learningRate) {
    return new Adam(learningRate, 0.9, 0.999, 1e-8, 0, Double.POSITIVE_INFINITY);
  }

  @Override
  public String name() {
    return "adam";
  }

  @Override
  public Adam withLearningRate(double rate) {
    return new Adam(rate, beta1, beta2, epsilon, weightDecay, gradClip);
  }

  @Override
  public OptimizerState state(Matrices matrices) {
    return new AdamState(matrices);
  }
}
