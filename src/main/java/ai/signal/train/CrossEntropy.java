package ai.signal.train;

/** {@code sum of -w logprob}; its denominator is the sum of the weights. */
public record CrossEntropy() implements Loss {
  @Override
  public String name() {
    return "cross_entropy";
  }

  @Override
  public Output apply(float[] logprobs, float[] weights) {
    double loss = 0;
    double denominator = 0;
    float[] coefficients = new float[logprobs.length];
    for (int i = 0; i < logprobs.length; i++) {
      loss -= (double) weights[i] * logprobs[i];
      denominator += weights[i];
      coefficients[i] = -weights[i];
    }
    return new Output(loss, denominator, coefficients);
  }
}
