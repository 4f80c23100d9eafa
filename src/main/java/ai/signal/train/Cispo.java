package ai.signal.train;

/**
 * Clipped importance sampling weights (MiniMax-M1, 2025): {@code sum of -w clip(r, low, high) logp
 * A}, where no gradient goes through the ratio, so that clipped tokens still teach; see {@link
 * PolicyGradient}.
 */
public final class Cispo extends ClippedRatio {
  private static final long serialVersionUID = 1L;

  /** Bounded from above only. */
  public Cispo() {
    this(0, 4);
  }

  /**
   * @param low least ratio, in [0, 1]
   * @param high greatest ratio, at least 1
   */
  public Cispo(double low, double high) {
    super("cispo", low, high);
  }

  @Override
  public String name() {
    return "cispo";
  }

  @Override
  Term term(double logp, double ratio, double clipped, double advantage) {
    return new Term(
        -clipped * logp * advantage, -clipped * advantage, clipped < ratio || clipped > ratio);
  }
}
