package ai.signal.train;

/**
 * Another learning rate for the B matrices than for A (LoRA+, Hayou et al., 2024).
 *
 * @param optimizer of all; its learning rate is A's
 * @param ratio of B's learning rate to A's, positive; the paper uses 16
 */
public record LoraPlus(Optimizer optimizer, double ratio) implements Optimizer {
  public LoraPlus {
    Optimizer.require(ratio > 0 && ratio < Double.POSITIVE_INFINITY, "ratio", ratio, "positive");
    if (optimizer instanceof LoraPlus) {
      throw new IllegalArgumentException("Cannot optimize: LoRA+ stands around an optimizer once");
    }
  }

  @Override
  public String name() {
    return optimizer.name();
  }

  @Override
  public double learningRate() {
    return optimizer.learningRate();
  }

  @Override
  public LoraPlus withLearningRate(double rate) {
    return new LoraPlus(optimizer.withLearningRate(rate), ratio);
  }

  @Override
  public double gradClip() {
    return optimizer.gradClip();
  }

  @Override
  public OptimizerState state(Matrices matrices) {
    return optimizer.state(matrices);
  }

  /** The optimizer without its ratio. */
  static Optimizer plain(Optimizer optimizer) {
    return optimizer instanceof LoraPlus plus ? plus.optimizer : optimizer;
  }

  /** What B's learning rate is multiplied by. */
  static double ratio(Optimizer optimizer) {
    return optimizer instanceof LoraPlus plus ? plus.ratio : 1;
  }
}
