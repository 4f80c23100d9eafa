package ai.signal.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of a lane file, little-endian throughout:
 *
 * <pre>
 * header   "SIGLANE" and the version, 8 bytes
 * examples int32 file, int32 n, int64 offset, int32 tokens[n + 1], float32 weights[n]
 * files    int32 count, then for each location int32 bytes and UTF-8
 * index    int64 position of each example, then of the end of the last
 * footer   int64 position of files, int64 position of index, int64 examples
 * </pre>
 *
 * Token i + 1 is the target of token i. Counts come last because object stores take bytes in order;
 * the checksum stands in the manifest.
 */
final class LaneFormat {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 8;
  static final int FOOTER_BYTES = 24;

  private static final long MAGIC = 0x00_45_4E_41_4C_47_49_53L; // "SIGLANE" in reading order
  private static final int EXAMPLE_HEADER_BYTES = 16;

  private LaneFormat() {}

  static long header() {
    return MAGIC | (long) VERSION << 56;
  }

  /** The size of an example of n positions. */
  static long exampleBytes(int n) {
    return EXAMPLE_HEADER_BYTES + 4L * (n + 1) + 4L * n;
  }

  /** The number of positions of an example of {@code bytes} bytes, or -1 if none has that size. */
  static int positions(long bytes) {
    long n = (bytes - EXAMPLE_HEADER_BYTES - 4) / 8;
    return n >= 1 && n <= Integer.MAX_VALUE && exampleBytes((int) n) == bytes ? (int) n : -1;
  }

  static byte[] encode(int file, long offset, ExampleEncoder.Sequence sequence) {
    int n = sequence.weights().length;
    ByteBuffer example =
        ByteBuffer.allocate(Math.toIntExact(exampleBytes(n))).order(ByteOrder.LITTLE_ENDIAN);
    example.putInt(file).putInt(n).putLong(offset);
    example.asIntBuffer().put(sequence.tokens());
    example.position(weightsAt(n)).asFloatBuffer().put(sequence.weights());
    return example.array();
  }

  /**
   * @param example the bytes of one example, little-endian
   * @param locations of the files by number
   */
  static Example decode(ByteBuffer example, List<String> locations) {
    int file = example.getInt();
    int n = example.getInt();
    long offset = example.getLong();
    int[] tokens = new int[n + 1];
    float[] weights = new float[n];
    example.asIntBuffer().get(tokens);
    example.position(weightsAt(n)).asFloatBuffer().get(weights);
    return new Example(
        locations.get(file) + "@" + offset,
        Arrays.copyOf(tokens, n),
        Arrays.copyOfRange(tokens, 1, n + 1),
        weights);
  }

  private static int weightsAt(int n) {
    return EXAMPLE_HEADER_BYTES + 4 * (n + 1);
  }
}
