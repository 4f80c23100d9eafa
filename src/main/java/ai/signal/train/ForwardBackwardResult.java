package ai.signal.train;

import java.util.List;
import java.util.Map;

/**
 * What a forward or forward_backward found.
 *
 * @param loss mean: {@code lossSum / denominator}; nats per weighted token for cross_entropy
 * @param lossSum sum over all positions
 * @param denominator what the mean divides by
 * @param tokens that went through the model
 * @param lossTokens of them that counted
 * @param metrics of the loss: means, by name
 * @param logprobs of each example of a batch that came through the API, in its order: [n, K]
 *     log-probabilities of its targets, nats; NaN where no target of a position counts. Of a loss
 *     that reads scores: the score of each sequence. Of a step of a data set: none
 * @param seconds where the time went
 */
public record ForwardBackwardResult(
    double loss,
    double lossSum,
    double denominator,
    long tokens,
    long lossTokens,
    Map<String, Double> metrics,
    List<float[]> logprobs,
    Seconds seconds) {

  /** The same with a loss that was found elsewhere. */
  public ForwardBackwardResult withLoss(double sum, double divisor) {
    return new ForwardBackwardResult(
        sum / divisor, sum, divisor, tokens, lossTokens, metrics, logprobs, seconds);
  }

  /**
   * Where the time of a call went.
   *
   * @param prepare reading examples and cutting micro-batches, slowest lane
   * @param compute forward, loss and backward, slowest lane
   * @param reduce the rest: Spark's scheduling, transport and the sum
   */
  public record Seconds(double prepare, double compute, double reduce) {}
}
