package ai.signal.model;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The most likely tokens at some positions, the most likely first.
 *
 * @param k of each position; may be 0
 * @param ids [n, k] row-major
 * @param logprobs [n, k] nats
 */
@SuppressWarnings("ArrayRecordComponent") // a result, read by whoever asked for it
public record TopTokens(int k, int[] ids, float[] logprobs) implements Serializable {
  /** None. */
  public static final TopTokens NONE = new TopTokens(0, new int[0], new float[0]);

  /** The first {@code most} tokens of {@code n} positions from {@code from} on. */
  public TopTokens part(int from, int n, int most) {
    int width = Math.min(k, most);
    int[] some = new int[n * width];
    float[] theirs = new float[n * width];
    for (int i = 0; i < n; i++) {
      System.arraycopy(ids, (from + i) * k, some, i * width, width);
      System.arraycopy(logprobs, (from + i) * k, theirs, i * width, width);
    }
    return new TopTokens(width, some, theirs);
  }

  /** These positions and then those of {@code next}, which have as many each. */
  public TopTokens plus(TopTokens next) {
    int[] all = Arrays.copyOf(ids, ids.length + next.ids.length);
    float[] theirs = Arrays.copyOf(logprobs, logprobs.length + next.logprobs.length);
    System.arraycopy(next.ids, 0, all, ids.length, next.ids.length);
    System.arraycopy(next.logprobs, 0, theirs, logprobs.length, next.logprobs.length);
    return new TopTokens(next.k, all, theirs);
  }
}
