package ai.signal.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What losses on sampled tokens have in common. With logp the log-probability of a token now, q the
 * one it was sampled with ({@code logprobs}), A its advantage ({@code advantages}) and w its
 * weight, each is a sum over tokens of w times a term of r = exp(logp - q) and A; the denominator
 * is the sum of the weights.
 *
 * <p>Metrics: {@code ratio}, the mean of r; {@code kl}, the mean of q - logp, which estimates the
 * divergence of the sampler from the policy; and the share of tokens at a threshold where there is
 * one.
 */
abstract class PolicyGradient implements Loss {
  private static final long serialVersionUID = 1L;
  static final String LOGPROBS = "logprobs";
  static final String ADVANTAGES = "advantages";

  /** The term of one token. */
  record Term(double loss, double derivative, boolean clipped) {}

  /**
   * A token's term, without its weight.
   *
   * @param logp log-probability now
   * @param q log-probability when it was sampled
   */
  abstract Term term(double logp, double q, double advantage);

  /** Whether {@link Term#clipped} means something. */
  abstract boolean clips();

  @Override
  public final Set<String> inputs() {
    return Set.of(LOGPROBS, ADVANTAGES);
  }

  @Override
  public final boolean ofPositions() {
    return true;
  }

  @Override
  public final Output apply(LossInput input) {
    input.requireOneTarget();
    float[] q = input.input(LOGPROBS);
    float[] advantages = input.input(ADVANTAGES);
    int n = input.positions();
    float[] coefficients = new float[n];
    double loss = 0;
    double denominator = 0;
    double ratio = 0;
    double kl = 0;
    double clipped = 0;
    for (int i = 0; i < n; i++) {
      double weight = input.weights()[i];
      double logp = input.logprobs()[i];
      Term term = term(logp, q[i], advantages[i]);
      loss += weight * term.loss;
      coefficients[i] = (float) (weight * term.derivative);
      denominator += weight;
      ratio += Math.exp(logp - q[i]);
      kl += q[i] - logp;
      clipped += term.clipped ? 1 : 0;
    }
    Map<String, Mean> metrics = new LinkedHashMap<>();
    metrics.put("ratio", new Mean(ratio, n));
    metrics.put("kl", new Mean(kl, n));
    if (clips()) {
      metrics.put("clipped", new Mean(clipped, n));
    }
    return new Output(loss, denominator, coefficients, metrics);
  }
}
