package ai.signal.train;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019), as {@code torch.optim.AdamW};
 * clipping as {@code torch.nn.utils.clip_grad_norm_}.
 *
 * @param learningRate at least 0
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the root of the second moment, positive
 * @param weightDecay at least 0; multiplied by the learning rate
 * @param gradClip greatest global norm of the gradient, positive; infinite = no clipping
 */
public record AdamW(
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double gradClip)
    implements Optimizer {

  public AdamW {
    Optimizer.requireCommon(learningRate, weightDecay, gradClip);
    requireMoments(beta1, beta2, epsilon);
  }

  static void requireMoments(double beta1, double beta2, double epsilon) {
    Optimizer.require(beta1 >= 0 && beta1 < 1, "beta1", beta1, "in [0, 1)");
    Optimizer.require(beta2 >= 0 && beta2 < 1, "beta2", beta2, "in [0, 1)");
    Optimizer.require(
        epsilon > 0 && epsilon < Double.POSITIVE_INFINITY, "epsilon", epsilon, "positive");
  }

  /** torch's defaults, without decay or clipping. */
  public static AdamW of(double learningRate) {
    return new AdamW(learningRate, 0.9, 0.999, 1e-8, 0, Double.POSITIVE_INFINITY);
  }

  public AdamW withWeightDecay(double decay) {
    return new AdamW(learningRate, beta1, beta2, epsilon, decay, gradClip);
  }

  public AdamW withGradClip(double norm) {
    return new AdamW(learningRate, beta1, beta2, epsilon, weightDecay, norm);
  }

  @Override
  public String name() {
    return "adamw";
  }

  @Override
  public AdamW withLearningRate(double rate) {
    return new AdamW(rate, beta1, beta2, epsilon, weightDecay, gradClip);
  }

  @Override
  public OptimizerState state(Matrices matrices) {
    return new AdamState(matrices);
  }
}
