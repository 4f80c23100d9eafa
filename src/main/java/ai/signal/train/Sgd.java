package ai.signal.train;

/**
 * Stochastic gradient descent, as {@code torch.optim.SGD}: weight decay is added to the gradient.
 *
 * @param learningRate at least 0
 * @param momentum share of the last step's direction that is kept, in [0, 1)
 * @param nesterov whether the gradient is taken where momentum leads
 * @param weightDecay at least 0; times the values it is added to the gradient
 * @param gradClip greatest global norm of the gradient, positive; infinite = no clipping
 */
public record Sgd(
    double learningRate, double momentum, boolean nesterov, double weightDecay, double gradClip)
    implements Optimizer {

  public Sgd {
    Optimizer.requireCommon(learningRate, weightDecay, gradClip);
    Optimizer.require(momentum >= 0 && momentum < 1, "momentum", momentum, "in [0, 1)");
    Optimizer.require(
        !nesterov || momentum > 0, "momentum", momentum, "above 0 where nesterov is true");
  }

  /** Without decay or clipping. */
  public static Sgd of(double learningRate, double momentum) {
    return new Sgd(learningRate, momentum, false, 0, Double.POSITIVE_INFINITY);
  }

  @Override
  public String name() {
    return "sgd";
  }

  @Override
  public Sgd withLearningRate(double rate) {
    return new Sgd(rate, momentum, nesterov, weightDecay, gradClip);
  }

  @Override
  public OptimizerState state(Matrices matrices) {
    return new SgdState(matrices);
  }
}
