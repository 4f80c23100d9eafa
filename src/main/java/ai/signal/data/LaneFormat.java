package ai.signal.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes of a lane file, little-endian throughout:
 *
 * <pre>
 * header   "SIGLANE" and the version, 8 bytes
 * examples int32 file, int32 n, int64 offset, int32 sequences, int32 inputs, int32 bytes of the key,
 *          int32 length of each sequence, of each sequence int32 tokens[length + 1],
 *          float32 weights[n], of each input float32 values[n], the key in UTF-8
 * files    int32 count, then for each location int32 bytes and UTF-8
 * index    int64 position of each example, then of the end of the last
 * footer   int64 position of files, int64 position of index, int64 examples
 * </pre>
 *
 * n is the sum of the lengths; token i + 1 of a sequence is the target of its token i. Bit i of
 * inputs says that the example has the i-th of {@link #INPUTS}. A record is identified by its key,
 * or without one by its offset. Counts come last because object stores take bytes in order; the
 * checksum stands in the manifest.
 */
final class LaneFormat {
  static final int VERSION = 3;
  static final int HEADER_BYTES = 8;
  static final int FOOTER_BYTES = 24;
  static final int EXAMPLE_HEADER_BYTES = 28;

  /** What losses read beside the weights, in the order that files have them. */
  static final List<String> INPUTS = List.of("advantages", "logprobs");

  private static final long MAGIC = 0x00_45_4E_41_4C_47_49_53L; // "SIGLANE" in reading order

  private LaneFormat() {}

  static long header() {
    return MAGIC | (long) VERSION << 56;
  }

  /**
   * The size of an example.
   *
   * @param head at least {@link #EXAMPLE_HEADER_BYTES} of it, little-endian
   */
  static long exampleBytes(ByteBuffer head) {
    long sequences = sequences(head);
    int at = head.position();
    return exampleBytes(positions(head), sequences, head.getInt(at + 20), head.getInt(at + 24));
  }

  private static long exampleBytes(long n, long sequences, int inputs, long keyBytes) {
    long values = n + Integer.bitCount(inputs) * n;
    return EXAMPLE_HEADER_BYTES + 4 * (sequences + n + sequences + values) + keyBytes;
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

  /**
   * The bytes of an example.
   *
   * @param key of the record, empty where its offset identifies it
   * @param sequences all with the same inputs
   */
  static byte[] encode(int file, long offset, String key, List<ExampleEncoder.Sequence> sequences) {
    int n = sequences.stream().mapToInt(sequence -> sequence.weights().length).sum();
    byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
    int inputs = 0;
    for (String input : sequences.get(0).inputs().keySet()) {
      inputs |= 1 << INPUTS.indexOf(input);
    }
    int bytes = Math.toIntExact(exampleBytes(n, sequences.size(), inputs, utf8.length));
    ByteBuffer example = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    example.putInt(file).putInt(n).putLong(offset).putInt(sequences.size());
    example.putInt(inputs).putInt(utf8.length);
    sequences.forEach(sequence -> example.putInt(sequence.weights().length));
    for (ExampleEncoder.Sequence sequence : sequences) {
      put(example, sequence.tokens());
    }
    for (ExampleEncoder.Sequence sequence : sequences) {
      put(example, sequence.weights());
    }
    for (String input : INPUTS) {
      for (ExampleEncoder.Sequence sequence : sequences) {
        put(example, sequence.inputs().getOrDefault(input, new float[0]));
      }
    }
    return example.put(utf8).array();
  }

  private static void put(ByteBuffer example, int[] values) {
    example.asIntBuffer().put(values);
    example.position(example.position() + Integer.BYTES * values.length);
  }

  private static void put(ByteBuffer example, float[] values) {
    example.asFloatBuffer().put(values);
    example.position(example.position() + Float.BYTES * values.length);
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
    int present = example.getInt();
    byte[] key = new byte[example.getInt()];
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
    float[] weights = floats(example, n);
    Map<String, float[]> inputs = new TreeMap<>();
    for (int i = 0; i < INPUTS.size(); i++) {
      if ((present & 1 << i) != 0) {
        inputs.put(INPUTS.get(i), floats(example, n));
      }
    }
    example.get(key);
    String id = key.length > 0 ? new String(key, StandardCharsets.UTF_8) : Long.toString(offset);
    return new Example(locations.get(file) + "@" + id, tokens, targets, weights, lengths, inputs);
  }

  private static float[] floats(ByteBuffer example, int n) {
    float[] values = new float[n];
    example.asFloatBuffer().get(values);
    example.position(example.position() + Float.BYTES * n);
    return values;
  }
}
