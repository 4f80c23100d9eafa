package ai.signal.train;

/**
 * Proximal policy optimization (Schulman et al., 2017): {@code sum of -w min(r A, clip(r, low,
 * high) A)}; see {@link PolicyGradient}.
 */
public final class Ppo extends ClippedRatio {
  private static final long serialVersionUID = 1L;

  /** The paper's bounds. */
  public Ppo() {
    this(0.8, 1.2);
  }

  /**
   * @param low least ratio, in [0, 1]
   * @param high greatest ratio, at least 1
   */
  public Ppo(double low, double high) {
    super("ppo", low, high);
  }

  @Override
  public String name() {
    return "ppo";
  }

  @Override
  Term term(double logp, double ratio, double clipped, double advantage) {
    boolean flat = clipped * advantage < ratio * advantage;
    double loss = -Math.min(ratio * advantage, clipped * advantage);
    return new Term(loss, flat ? 0 : loss, flat);
  }
}
