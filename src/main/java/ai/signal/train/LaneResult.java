package ai.signal.train;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What a lane found, beside its gradient.
 *
 * @param loss sum
 * @param denominator sum
 * @param tokens that went through the model
 * @param lossTokens of them that counted
 * @param metrics of the loss
 * @param logprobs [examples] of each, [n, K], where they are wanted; else none
 * @param prepareSeconds reading examples and cutting micro-batches
 * @param computeSeconds forward, loss and backward
 */
record LaneResult(
    double loss,
    double denominator,
    long tokens,
    long lossTokens,
    Map<String, Mean> metrics,
    List<float[]> logprobs,
    double prepareSeconds,
    double computeSeconds)
    implements Serializable {}
