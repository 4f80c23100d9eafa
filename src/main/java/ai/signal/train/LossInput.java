package ai.signal.train;

import java.util.Map;

/**
 * What a loss sees of a micro-batch: the n positions whose target counts, sequence after sequence;
 * or where it reads scores, the last of each sequence, with a weight of 1.
 *
 * @param logprobs [n, K] row-major log-probabilities of the targets, nats; or scores, [n]
 * @param weights [n, K] of the targets; at least one of a row is positive
 * @param inputs [n] each, by the names that the loss asks for
 * @param base [n, K] log-probabilities of the reference; empty where the loss does not need them
 * @param starts [sequences + 1] where each sequence's positions begin, and n: some may have none
 */
@SuppressWarnings("ArrayRecordComponent") // as native calls give and take them
public record LossInput(
    float[] logprobs, float[] weights, Map<String, float[]> inputs, float[] base, int[] starts) {

  /** Positions, n. */
  public int positions() {
    return starts[starts.length - 1];
  }

  /** Sequences. */
  public int sequences() {
    return starts.length - 1;
  }

  /**
   * An input, [n].
   *
   * @param name one of {@link Loss#inputs}
   */
  public float[] input(String name) {
    return inputs.get(name);
  }

  /**
   * Nothing, where each position has one target.
   *
   * @throws IllegalArgumentException otherwise
   */
  void requireOneTarget() {
    if (logprobs.length != positions()) {
      throw new IllegalArgumentException(
          "it takes one target per position, not %d"
              .formatted(logprobs.length / Math.max(1, positions())));
    }
  }
}
