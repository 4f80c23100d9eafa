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
    double gradClip) {

  public AdamW {
    require(
        learningRate >= 0 && learningRate < Double.POSITIVE_INFINITY,
        "learning_rate",
        learningRate,
        "0 or more");
    require(beta1 >= 0 && beta1 < 1, "beta1", beta1, "in [0, 1)");
    require(beta2 >= 0 && beta2 < 1, "beta2", beta2, "in [0, 1)");
    require(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY, "epsilon", epsilon, "positive");
    require(
        weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY,
        "weight_decay",
        weightDecay,
        "0 or more");
    require(gradClip > 0, "grad_clip", gradClip, "positive");
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

  private static void require(boolean holds, String key, double value, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException(
          "Cannot optimize: " + key + " is " + value + ", it must be " + allowed);
    }
  }
}
