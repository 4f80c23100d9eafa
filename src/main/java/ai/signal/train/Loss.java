package ai.signal.train;

import java.io.Serializable;

/**
 * A loss as a function of log-probabilities, run on the executors between forward and backward.
 * Values are sums over positions; the run divides once by the sum of denominators.
 */
public interface Loss extends Serializable {
  /** Its name in a job spec. */
  String name();

  /**
   * Loss and derivative of some positions.
   *
   * @param logprobs [n] log-probability of each position's target, nats
   * @param weights [n] of each position, positive
   */
  Output apply(float[] logprobs, float[] weights);

  /**
   * What a loss is at some positions.
   *
   * @param loss the sum
   * @param denominator what the mean divides by
   * @param coefficients [n] derivative of {@code loss} by each log-probability
   */
  @SuppressWarnings("ArrayRecordComponent") // handed to a native call as it is
  record Output(double loss, double denominator, float[] coefficients) {}
}
