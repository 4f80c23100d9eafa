package ai.signal.train;

/**
 * What a forward or forward_backward found.
 *
 * @param loss mean: {@code lossSum / denominator}; nats per weighted token for cross_entropy
 * @param lossSum sum over all positions
 * @param denominator what the mean divides by
 * @param tokens that went through the model
 * @param lossTokens of them that counted
 * @param seconds where the time went
 */
public record ForwardBackwardResult(
    double loss,
    double lossSum,
    double denominator,
    long tokens,
    long lossTokens,
    Seconds seconds) {

  /**
   * Where the time of a call went.
   *
   * @param prepare reading examples and cutting micro-batches, slowest lane
   * @param compute forward, loss and backward, slowest lane
   * @param reduce the rest: Spark's scheduling, transport and the sum
   */
  public record Seconds(double prepare, double compute, double reduce) {}
}
