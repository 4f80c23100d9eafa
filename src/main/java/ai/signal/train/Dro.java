package ai.signal.train;

/**
 * Direct reward optimization (Richemond et al., 2024): {@code sum of -w (logp A - beta / 2 (logp -
 * q)^2)}; see {@link PolicyGradient}.
 */
public final class Dro extends PolicyGradient {
  private static final long serialVersionUID = 1L;
  private final double beta;

  public Dro() {
    this(0.05);
  }

  /**
   * @param beta weight of the quadratic penalty, positive
   */
  public Dro(double beta) {
    if (!(beta > 0 && beta < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("Cannot use dro: beta is " + beta + ", not positive");
    }
    this.beta = beta;
  }

  @Override
  public String name() {
    return "dro";
  }

  @Override
  boolean clips() {
    return false;
  }

  @Override
  Term term(double logp, double q, double advantage) {
    double difference = logp - q;
    return new Term(
        -(logp * advantage - beta / 2 * difference * difference),
        -(advantage - beta * difference),
        false);
  }
}
