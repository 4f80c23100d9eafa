package ai.signal.train;

import java.io.Serializable;

/**
 * What a lane brings back.
 *
 * @param gradient [size] of the lane's loss sum; empty when none was asked for
 * @param loss sum
 * @param denominator sum
 * @param tokens that went through the model
 * @param lossTokens of them that counted
 * @param prepareSeconds reading examples and cutting micro-batches
 * @param computeSeconds forward, loss and backward, waiting for a core included
 */
@SuppressWarnings("ArrayRecordComponent") // added up by its only reader
record LaneResult(
    float[] gradient,
    double loss,
    double denominator,
    long tokens,
    long lossTokens,
    double prepareSeconds,
    double computeSeconds)
    implements Serializable {

  LaneResult timed(double prepare, double compute) {
    return new LaneResult(gradient, loss, denominator, tokens, lossTokens, prepare, compute);
  }
}
