package ai.signal.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/**
 * The bytes of a lane file, little-endian throughout:
 *
 * <pre>
 * header   "SIGLANE" and the version, 8 bytes
 * examples int32 file, int32 n, int64 offset, int32 sequences, int32 length of each sequence,
 *          of each sequence int32 tokens[length + 1], float32 weights[n]
 * files    int32 count, then for each location int32 bytes and UTF-8
 * index    int64 position of each example, then of the end of the last
 * footer   int64 position of files, int64 position of index, int64 examples
 * </pre>
 *
 * n is the sum of the lengths; token i + 1 of a sequence is the target of its token i. Counts come
 * last because object stores take bytes in order; the checksum stands in the manifest.
 */
final class LaneFormat {
  static final int VERSION = 2;
  static final int HEADER_BYTES = 8;
  static final int FOOTER_BYTES = 24;
  static final int EXAMPLE_HEADER_BYTES = 20;

  private static final long MAGIC = 0x00_45_4E_41_4C_47_49_53L; // "SIGLANE" in reading order

  private LaneFormat() {}

  static long header() {
    return MAGIC | (long) VERSION << 56;
  }

  /** The size of an example of n positions in so many sequences. */
  static long exampleBytes(int n, int sequences) {
    return EXAMPLE_HEADER_BYTES + 4L * sequences + 4L * (n + (long) sequences) + 4L * n;
  }

  /**
   * The number of positions of an example, by its first bytes.
   *
   * @param head at least {@link #EXAMPLE_HEADER_BYTES} of it, little-endian
   */
  static int positions(ByteBuffer head) {
    return head.getInt(head.position() + Integer.BYTES);
  }

  /** The number of sequences of an example, likewise. */
  static int sequences(ByteBuffer head) {
    return head.getInt(head.position() + 2 * Integer.BYTES + Long.BYTES);
  }

  static byte[] encode(int file, long offset, List<ExampleEncoder.Sequence> sequences) {
    int n = sequences.stream().mapToInt(sequence -> sequence.weights().length).sum();
    int bytes = Math.toIntExact(exampleBytes(n, sequences.size()));
    ByteBuffer example = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    example.putInt(file).putInt(n).putLong(offset).putInt(sequences.size());
    sequences.forEach(sequence -> example.putInt(sequence.weights().length));
    for (ExampleEncoder.Sequence sequence : sequences) {
      for (int token : sequence.tokens()) {
        example.putInt(token);
      }
    }
    for (ExampleEncoder.Sequence sequence : sequences) {
      for (float weight : sequence.weights()) {
        example.putFloat(weight);
      }
    }
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
    int[] lengths = new int[example.getInt()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = example.getInt();
    }
    int[] tokens = new int[n];
    int[] targets = new int[n];
    int at = 0;
    for (int length : lengths) {
      int[] sequence = new int[length + 1];
      example.asIntBuffer().get(sequence);
      example.position(example.position() + Integer.BYTES * sequence.length);
      System.arraycopy(sequence, 0, tokens, at, length);
      System.arraycopy(sequence, 1, targets, at, length);
      at += length;
    }
    float[] weights = new float[n];
    example.asFloatBuffer().get(weights);
    return new Example(
        locations.get(file) + "@" + offset, tokens, targets, weights, lengths, Map.of());
  }
}
