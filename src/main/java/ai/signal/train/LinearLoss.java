package ai.signal.train;

import java.util.Set;

/**
 * {@code sum of c logp}, with a coefficient c of each token ({@code coefficients}): the second half
 * of a loss that is evaluated on the driver, whose derivative by the log-probabilities c is.
 *
 * @param name of the loss that the coefficients come from
 * @param denominator each position's part in what the mean of that loss divides by
 */
public record LinearLoss(String name, double denominator) implements Loss {
  static final String COEFFICIENTS = "coefficients";

  @Override
  public Set<String> inputs() {
    return Set.of(COEFFICIENTS);
  }

  @Override
  public Output apply(LossInput input) {
    input.requireOneTarget();
    float[] coefficients = input.input(COEFFICIENTS);
    double loss = 0;
    for (int i = 0; i < coefficients.length; i++) {
      loss += (double) coefficients[i] * input.logprobs()[i];
    }
    return new Output(loss, denominator * coefficients.length, coefficients);
  }
}
