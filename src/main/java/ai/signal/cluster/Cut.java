package ai.signal.cluster;

import java.io.Serializable;

/**
 * A vector cut into blocks of about equal length.
 *
 * @param size values
 * @param blocks at least 1
 */
record Cut(int size, int blocks) implements Serializable {
  /** With its header, a block of float32 fills 4 MiB of the heap and wastes none of a G1 region. */
  private static final int MOST = (1 << 20) - 4;

  /** Blocks in groups of the same number, so that {@code groups} tasks have the same work. */
  static Cut of(int size, int groups) {
    long each = (size + (long) MOST * groups - 1) / ((long) MOST * groups);
    return new Cut(size, Math.toIntExact(Math.max(1, each) * groups));
  }

  /** The first value of a block; behind the last block, the vector's end. */
  int start(int block) {
    return (int) ((long) block * size / blocks);
  }

  int length(int block) {
    return start(block + 1) - start(block);
  }

  /** The block that holds a value. */
  int blockOf(int value) {
    int block = (int) ((long) value * blocks / size);
    while (start(block + 1) <= value) {
      block++;
    }
    return block;
  }
}
