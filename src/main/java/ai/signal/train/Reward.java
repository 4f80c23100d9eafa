package ai.signal.train;

import java.util.Optional;

/** A verifiable reward: a function of what a model wrote, on the driver. */
@FunctionalInterface
public interface Reward {
  /**
   * How good a completion is.
   *
   * @param prompt as it was given
   * @param completion without EOS
   * @param reference what was expected, where the prompt's record says so
   * @return finite; by custom 0 to 1
   */
  double of(String prompt, String completion, Optional<String> reference);
}
