package ai.signal.train;

/**
 * Adafactor (Shazeer and Stern, 2018), as {@code torch.optim.Adafactor}: of each matrix it keeps
 * the means of the squared gradient by row and by column, where Adam keeps two moments of every
 * value. The step is relative to the size of the matrix.
 *
 * @param learningRate greatest relative step, at least 0
 * @param beta2Decay exponent by which the averaging of squared gradients lengthens, at most 0
 * @param epsilon least root mean square of a matrix that a step is relative to, positive
 * @param clipThreshold greatest root mean square of a matrix's update, positive
 * @param weightDecay at least 0; multiplied by the learning rate
 * @param gradClip greatest global norm of the gradient, positive; infinite = no clipping
 */
public record Adafactor(
    double learningRate,
    double beta2Decay,
    double epsilon,
    double clipThreshold,
    double weightDecay,
    double gradClip)
    implements Optimizer {

  public Adafactor {
    Optimizer.requireCommon(learningRate, weightDecay, gradClip);
    Optimizer.require(beta2Decay <= 0, "beta2_decay", beta2Decay, "0 or less");
    Optimizer.require(
        epsilon > 0 && epsilon < Double.POSITIVE_INFINITY, "epsilon", epsilon, "positive");
    Optimizer.require(clipThreshold > 0, "clip_threshold", clipThreshold, "positive");
  }

  /** torch's defaults, without decay or clipping of the gradient. */
  public static Adafactor of(double learningRate) {
    return new Adafactor(learningRate, -0.8, 1e-3, 1, 0, Double.POSITIVE_INFINITY);
  }

  @Override
  public String name() {
    return "adafactor";
  }

  @Override
  public Adafactor withLearningRate(double rate) {
    return new Adafactor(rate, beta2Decay, epsilon, clipThreshold, weightDecay, gradClip);
  }

  @Override
  public OptimizerState state(Matrices matrices) {
    return new AdafactorState(matrices);
  }
}
