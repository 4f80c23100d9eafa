package ai.signal.train;

/** REINFORCE with importance sampling: {@code sum of -w r A}; see {@link PolicyGradient}. */
public final class ImportanceSampling extends PolicyGradient {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "importance_sampling";
  }

  @Override
  boolean clips() {
    return false;
  }

  @Override
  Term term(double logp, double q, double advantage) {
    double ratio = Math.exp(logp - q);
    return new Term(-ratio * advantage, -ratio * advantage, false);
  }
}
