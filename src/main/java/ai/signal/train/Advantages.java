package ai.signal.train;

import ai.signal.data.GroupAdvantages;

/** From rewards to advantages. */
public final class Advantages {
  private Advantages() {}

  /**
   * Of a group of answers to one prompt: each reward less the group's mean (GRPO, Shao et al.,
   * 2024). A group of equal rewards teaches nothing: all of its advantages are 0.
   *
   * @param rewards [group], finite
   * @param scale whether to divide by the group's standard deviation as well, as the paper does
   * @return [group]
   */
  public static double[] ofGroup(double[] rewards, boolean scale) {
    return GroupAdvantages.of(rewards, scale);
  }

  /**
   * Generalized advantage estimation (Schulman et al., 2016) over one episode: {@code A_t = sum
   * over l of (gamma lambda)^l delta_{t+l}} with {@code delta_t = r_t + gamma V_{t+1} - V_t}.
   *
   * @param rewards [steps]
   * @param values [steps + 1], the last one of the state behind the episode: 0 where it ended
   * @param gamma discount, in [0, 1]
   * @param lambda in [0, 1]: 0 trusts the values, 1 the rewards
   * @return [steps]
   */
  public static double[] generalized(
      double[] rewards, double[] values, double gamma, double lambda) {
    if (values.length != rewards.length + 1) {
      throw new IllegalArgumentException(
          "Cannot estimate advantages: %d rewards need %d values, not %d"
              .formatted(rewards.length, rewards.length + 1, values.length));
    }
    double[] advantages = new double[rewards.length];
    double next = 0;
    for (int t = rewards.length - 1; t >= 0; t--) {
      double delta = rewards[t] + gamma * values[t + 1] - values[t];
      next = delta + gamma * lambda * next;
      advantages[t] = next;
    }
    return advantages;
  }
}
