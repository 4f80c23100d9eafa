package ai.signal.model;

import ai.djl.ndarray.NDList;
import java.util.Arrays;

/**
 * Keys and values of a block of sequences. The block has a fixed number of rows, because the bits
 * of a matrix product's row depend on how many rows there are; and a row attends to a number of
 * places that follows from its own length alone, so that its bits do not depend on its companions.
 */
public final class KvCache {
  /** Rows whose lengths round up to the same multiple of this share an attention call. */
  private static final int BUCKET = 64;

  private final NDList tensors; // 2 * layers of [rows, kv_heads, capacity, head_dim]
  private final int rows;
  private final int capacity;

  KvCache(NDList tensors, int rows, int capacity) {
    this.tensors = tensors;
    this.rows = rows;
    this.capacity = capacity;
  }

  /** The smallest capacity that holds that many tokens. */
  public static int capacityFor(int tokens) {
    return bucket(tokens - 1L);
  }

  NDList tensors() {
    return tensors;
  }

  public int rows() {
    return rows;
  }

  int capacity() {
    return capacity;
  }

  private static int bucket(long position) {
    return Math.toIntExact((position / BUCKET + 1) * BUCKET);
  }

  /** Neighbouring rows of one bucket: [runs, 3] first row, rows, places. */
  long[] runs(long[] positions) {
    long[] runs = new long[3 * positions.length];
    int n = 0;
    for (int row = 0; row < positions.length; row++) {
      int places = bucket(positions[row]);
      if (n > 0 && runs[n - 1] == places) {
        runs[n - 2]++;
      } else {
        runs[n++] = row;
        runs[n++] = 1;
        runs[n++] = places;
      }
    }
    return Arrays.copyOf(runs, n);
  }

  /**
   * [rows, capacity] added to the attention scores: 0 up to a row's own token, minus infinity
   * behind it.
   */
  float[] mask(long[] positions) {
    float[] mask = new float[rows * capacity];
    for (int row = 0; row < rows; row++) {
      Arrays.fill(
          mask,
          row * capacity + (int) positions[row] + 1,
          (row + 1) * capacity,
          Float.NEGATIVE_INFINITY);
    }
    return mask;
  }
}
