package ai.signal.cluster;

import java.nio.FloatBuffer;

/** Adds up the lanes of one block in lane order, in whatever order they arrive. */
final class BlockSum {
  private static final int STRIDE = 4096;

  private final Transport transport;
  private final byte[][] waiting; // [lanes]
  private final float[] sum; // [length of the block]
  private int next;

  BlockSum(Transport transport, int lanes, int length) {
    this.transport = transport;
    this.waiting = new byte[lanes][];
    this.sum = new float[length];
  }

  void add(int lane, byte[] block) {
    waiting[lane] = block;
    while (next < waiting.length && waiting[next] != null) {
      add(waiting[next]);
      waiting[next++] = null;
    }
  }

  private void add(byte[] block) {
    if (next == 0) {
      transport.unpack(block, 0, sum, sum.length);
      return;
    }
    float[] lane = new float[STRIDE];
    for (int at = 0; at < sum.length; at += STRIDE) {
      int n = Math.min(STRIDE, sum.length - at);
      transport.unpack(block, at, lane, n);
      for (int i = 0; i < n; i++) {
        sum[at + i] += lane[i];
      }
    }
  }

  /** Whether every lane is in it. */
  boolean complete() {
    return next == waiting.length;
  }

  byte[] packed() {
    return Transport.FLOAT32.pack(FloatBuffer.wrap(sum));
  }
}
