package ai.signal.train;

/**
 * {@code sum of -w logprob}; its denominator is the sum of the weights. With several targets per
 * position it is the cross entropy to soft targets: the weights of a row are the wanted
 * distribution.
 */
public record CrossEntropy() implements Loss {
  @Override
  public String name() {
    return "cross_entropy";
  }

  @Override
  public Output apply(LossInput input) {
    float[] weights = input.weights();
    double loss = 0;
    double denominator = 0;
    float[] coefficients = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      loss -= (double) weights[i] * input.logprobs()[i];
      denominator += weights[i];
      coefficients[i] = -weights[i];
    }
    return new Output(loss, denominator, coefficients);
  }
}
