package ai.signal.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A loss and, on the same tokens, an estimate of the divergence from a reference (Schulman,
 * "Approximating KL Divergence", 2020), where x = logp - log-probability under the reference:
 *
 * <ul>
 *   <li>K1: x
 *   <li>K2: x^2 / 2
 *   <li>K3: exp(-x) - 1 + x
 * </ul>
 *
 * <p>It is weighted like the loss; {@code kl_base} is the estimate's mean.
 *
 * @param loss that the term is added to
 * @param coefficient of the term, at least 0
 * @param reference what the training began with, as a rule
 */
public record KlPenalty(Loss loss, double coefficient, Estimator estimator, Reference reference)
    implements Loss {
  /** How the divergence is estimated from sampled tokens. */
  public enum Estimator {
    K1,
    K2,
    K3
  }

  public KlPenalty {
    if (!(coefficient >= 0 && coefficient < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "Cannot use a KL term: its coefficient is " + coefficient + ", not 0 or more");
    }
    if (loss.needsScores()) {
      throw new IllegalArgumentException(
          "Cannot use a KL term: %s reads scores, not probabilities".formatted(loss.name()));
    }
    if (loss.needsBase() && loss.reference() != reference) {
      throw new IllegalArgumentException(
          "Cannot use a KL term: its reference is %s, that of %s is %s"
              .formatted(reference, loss.name(), loss.reference()));
    }
  }

  public KlPenalty(Loss loss, double coefficient, Estimator estimator) {
    this(loss, coefficient, estimator, Reference.START);
  }

  @Override
  public String name() {
    return loss.name();
  }

  @Override
  public Set<String> inputs() {
    return loss.inputs();
  }

  @Override
  public boolean needsBase() {
    return true;
  }

  @Override
  public int sequences() {
    return loss.sequences();
  }

  @Override
  public boolean ofPositions() {
    return loss.ofPositions();
  }

  @Override
  public Output apply(LossInput input) {
    input.requireOneTarget();
    Output output = loss.apply(input);
    double sum = output.loss();
    double kl = 0;
    float[] coefficients = output.coefficients().clone();
    for (int i = 0; i < coefficients.length; i++) {
      double x = (double) input.logprobs()[i] - input.base()[i];
      double weight = coefficient * input.weights()[i];
      double value =
          switch (estimator) {
            case K1 -> x;
            case K2 -> x * x / 2;
            case K3 -> Math.expm1(-x) + x;
          };
      double slope =
          switch (estimator) {
            case K1 -> 1;
            case K2 -> x;
            case K3 -> -Math.expm1(-x);
          };
      sum += weight * value;
      kl += value;
      coefficients[i] += (float) (weight * slope);
    }
    Map<String, Mean> metrics = new LinkedHashMap<>(output.metrics());
    metrics.put("kl_base", new Mean(kl, coefficients.length));
    return new Output(sum, output.denominator(), coefficients, metrics);
  }
}
