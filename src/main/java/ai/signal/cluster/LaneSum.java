package ai.signal.cluster;

import java.util.List;

/**
 * The sum of the lanes' vectors, {@code l0 + l1 + ...} in float32 and in this order, formed where
 * it is read. It has the same bits whether lanes were added up on their way or not.
 */
public final class LaneSum {
  /** Small enough for a core's first cache. */
  private static final int STRIDE = 4096;

  private final List<FloatBlocks> parts;

  LaneSum(List<FloatBlocks> parts) {
    this.parts = parts;
  }

  /** {@code target = sum} in [from, to). */
  public void copy(float[] target, int from, int to) {
    float[] sum = new float[STRIDE];
    float[] lane = new float[STRIDE];
    for (int at = from; at < to; at += STRIDE) {
      int n = Math.min(STRIDE, to - at);
      form(at, n, sum, lane);
      System.arraycopy(sum, 0, target, at, n);
    }
  }

  /** {@code target += sum} in [from, to). */
  public void add(float[] target, int from, int to) {
    float[] sum = new float[STRIDE];
    float[] lane = new float[STRIDE];
    for (int at = from; at < to; at += STRIDE) {
      int n = Math.min(STRIDE, to - at);
      form(at, n, sum, lane);
      for (int i = 0; i < n; i++) {
        target[at + i] += sum[i];
      }
    }
  }

  private void form(int at, int n, float[] sum, float[] lane) {
    parts.get(0).get(at, sum, n);
    for (int part = 1; part < parts.size(); part++) {
      parts.get(part).get(at, lane, n);
      for (int i = 0; i < n; i++) {
        sum[i] += lane[i];
      }
    }
  }
}
