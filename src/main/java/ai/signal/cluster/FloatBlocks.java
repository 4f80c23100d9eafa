package ai.signal.cluster;

import java.util.List;

/**
 * A long vector of floats in the blocks of bytes that Spark moves; there is no object per value.
 */
public final class FloatBlocks {
  private final Cut cut;
  private final Transport transport;
  private final byte[][] blocks;

  private FloatBlocks(Cut cut, Transport transport, byte[][] blocks) {
    this.cut = cut;
    this.transport = transport;
    this.blocks = blocks;
  }

  /** Zeros, to be put. */
  public static FloatBlocks zeros(int size) {
    Cut cut = Cut.of(size, 1);
    byte[][] blocks = new byte[cut.blocks()][];
    for (int block = 0; block < blocks.length; block++) {
      blocks[block] = new byte[cut.length(block) * Float.BYTES];
    }
    return new FloatBlocks(cut, Transport.FLOAT32, blocks);
  }

  static FloatBlocks received(Cut cut, Transport transport, List<byte[]> blocks) {
    return new FloatBlocks(cut, transport, blocks.toArray(byte[][]::new));
  }

  /** Copies {@code values[from, to)} to the same places here. */
  public void put(float[] values, int from, int to) {
    for (int at = from; at < to; ) {
      int block = cut.blockOf(at);
      int n = Math.min(to, cut.start(block + 1)) - at;
      Transport.floats(blocks[block]).put(at - cut.start(block), values, at, n);
      at += n;
    }
  }

  /** Copies values from {@code from} on into the beginning of an array. */
  void get(int from, float[] into, int count) {
    int block = cut.blockOf(from);
    if (from + count <= cut.start(block + 1)) {
      transport.unpack(blocks[block], from - cut.start(block), into, count);
    } else {
      int n = cut.start(block + 1) - from;
      get(from, into, n);
      float[] rest = new float[count - n];
      get(from + n, rest, rest.length);
      System.arraycopy(rest, 0, into, n, rest.length);
    }
  }

  byte[][] blocks() {
    return blocks;
  }
}
