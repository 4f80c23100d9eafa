package ai.signal.train;

/**
 * A {@link PolicyGradient} that bounds the ratio r; the bounds are ratios, not distances from 1.
 */
abstract class ClippedRatio extends PolicyGradient {
  private static final long serialVersionUID = 1L;
  private final double low;
  private final double high;

  /**
   * @param low least ratio, in [0, 1]
   * @param high greatest ratio, at least 1
   */
  ClippedRatio(String loss, double low, double high) {
    if (!(low >= 0 && low <= 1 && high >= 1 && high < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "Cannot use %s: clip bounds are absolute ratios, low in [0, 1] and high at least 1, not %s and %s"
              .formatted(loss, low, high));
    }
    this.low = low;
    this.high = high;
  }

  @Override
  final boolean clips() {
    return true;
  }

  @Override
  final Term term(double logp, double q, double advantage) {
    double ratio = Math.exp(logp - q);
    return term(logp, ratio, Math.min(Math.max(ratio, low), high), advantage);
  }

  /**
   * A token's term, without its weight.
   *
   * @param clipped the ratio within the bounds
   */
  abstract Term term(double logp, double ratio, double clipped, double advantage);
}
