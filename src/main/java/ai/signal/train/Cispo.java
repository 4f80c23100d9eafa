package ai.signal.train;

/**
 * Clipped importance sampling weights (MiniMax-M1, 2025): {@code sum of -w clip(r, low, high) logp
 * A}, where no gradient goes through the ratio, so that clipped tokens still teach; see {@link
 * PolicyGradient}.
 */
public final class Cispo extends PolicyGradient {
  private static final long serialVersionUID = 1L;
  private final double low;
  private final double high;

  /** Bounded from above only. */
  public Cispo() {
    this(0, 4);
  }

  /**
   * @param low least ratio, in [0, 1]
   * @param high greatest ratio, at least 1
   */
  public Cispo(double low, double high) {
    requireBounds("cispo", low, high);
    this.low = low;
    this.high = high;
  }

  @Override
  public String name() {
    return "cispo";
  }

  @Override
  boolean clips() {
    return true;
  }

  @Override
  Term term(double logp, double q, double advantage) {
    double ratio = Math.exp(logp - q);
    double clipped = Math.min(Math.max(ratio, low), high);
    return new Term(
        -clipped * logp * advantage, -clipped * advantage, clipped < ratio || clipped > ratio);
  }
}
