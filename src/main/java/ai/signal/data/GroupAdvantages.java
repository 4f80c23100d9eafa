package ai.signal.data;

import java.util.Arrays;

/** What rewards of answers to one prompt say about each of them. */
public final class GroupAdvantages {
  private static final double LEAST_DEVIATION = 1e-6;

  private GroupAdvantages() {}

  /**
   * Of a group of answers to one prompt: each reward less the group's mean (GRPO, Shao et al.,
   * 2024). A group of equal rewards teaches nothing: all of its advantages are 0.
   *
   * @param rewards [group], finite
   * @param scale whether to divide by the group's standard deviation as well, as the paper does
   * @return [group]
   */
  public static double[] of(double[] rewards, boolean scale) {
    double mean = 0;
    for (double reward : rewards) {
      if (!Double.isFinite(reward)) {
        throw new IllegalArgumentException("Cannot use reward " + reward + ": it is not finite");
      }
      mean += reward / rewards.length;
    }
    double variance = 0;
    for (double reward : rewards) {
      variance += (reward - mean) * (reward - mean) / rewards.length;
    }
    if (Arrays.stream(rewards).allMatch(reward -> reward == rewards[0])) {
      return new double[rewards.length]; // the mean may be off by a bit, and the divisor is small
    }
    double divisor = scale ? Math.sqrt(variance) + LEAST_DEVIATION : 1;
    double[] advantages = new double[rewards.length];
    for (int i = 0; i < rewards.length; i++) {
      advantages[i] = (rewards[i] - mean) / divisor;
    }
    return advantages;
  }
}
