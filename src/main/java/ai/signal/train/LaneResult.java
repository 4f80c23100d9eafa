package ai.signal.train;

import java.io.Serializable;

/**
 * What a lane found, beside its gradient.
 *
 * @param loss sum
 * @param denominator sum
 * @param tokens that went through the model
 * @param lossTokens of them that counted
 * @param prepareSeconds reading examples and cutting micro-batches
 * @param computeSeconds forward, loss and backward
 */
record LaneResult(
    double loss,
    double denominator,
    long tokens,
    long lossTokens,
    double prepareSeconds,
    double computeSeconds)
    implements Serializable {}
