package ai.signal.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The examples of one lane, memory-mapped. Reading is thread-safe and costs a copy of the example;
 * nothing needs to be closed.
 */
public final class LaneFile {
  private final MappedBytes bytes;
  private final List<String> locations;
  private final long indexAt;
  private final int examples;

  private LaneFile(MappedBytes bytes, List<String> locations, long indexAt, int examples) {
    this.bytes = bytes;
    this.locations = locations;
    this.indexAt = indexAt;
    this.examples = examples;
  }

  /**
   * Maps a lane file and verifies all of it.
   *
   * @param step the distance between mappings, as in {@link MappedBytes}
   * @throws DataException if it is not the whole, unchanged file that {@code entry} describes
   */
  static LaneFile open(Path file, LaneEntry entry, int step) {
    try {
      MappedBytes bytes = MappedBytes.map(file, step);
      if (bytes.size() != entry.bytes()
          || bytes.size() < LaneFormat.HEADER_BYTES + LaneFormat.FOOTER_BYTES) {
        throw damaged(file, "it has %d bytes, not %d".formatted(bytes.size(), entry.bytes()));
      }
      if (bytes.slice(0, LaneFormat.HEADER_BYTES).getLong() != LaneFormat.header()) {
        throw damaged(file, "it is no lane file of version " + LaneFormat.VERSION);
      }
      if (crc32c(bytes, step) != entry.crc32c()) {
        throw damaged(file, "its checksum is not %08x".formatted(entry.crc32c()));
      }
      return read(bytes, file, entry);
    } catch (IndexOutOfBoundsException e) {
      throw damaged(file, "it points outside itself: " + e.getMessage());
    } catch (IOException e) {
      throw new DataException("Cannot open lane file %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** The number of examples. */
  public int examples() {
    return examples;
  }

  /** The number of positions of an example, without reading it. */
  public int length(int index) {
    return LaneFormat.positions(bytes.slice(start(index), LaneFormat.EXAMPLE_HEADER_BYTES));
  }

  /**
   * The example at {@code index}, which is at least 0 and less than {@link #examples()}.
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  public Example example(int index) {
    if (index < 0 || index >= examples) {
      throw new IndexOutOfBoundsException(
          "Cannot read example %d of a lane of %d".formatted(index, examples));
    }
    long start = start(index);
    int size = (int) (start(index + 1) - start);
    return LaneFormat.decode(bytes.slice(start, size), locations);
  }

  private boolean isExample(long start, long end) {
    ByteBuffer head = bytes.slice(start, LaneFormat.EXAMPLE_HEADER_BYTES);
    int file = head.getInt(0);
    int n = LaneFormat.positions(head);
    int sequences = LaneFormat.sequences(head);
    int inputs = head.getInt(20);
    int key = head.getInt(24);
    if (file < 0 || file >= locations.size() || n < 1 || sequences < 1 || sequences > n) {
      return false;
    }
    if (key < 0
        || inputs >>> LaneFormat.INPUTS.size() != 0
        || end - start != LaneFormat.exampleBytes(head)) {
      return false;
    }
    ByteBuffer lengths =
        bytes.slice(start + LaneFormat.EXAMPLE_HEADER_BYTES, sequences * Integer.BYTES);
    long sum = 0;
    for (int i = 0; i < sequences; i++) {
      int length = lengths.getInt();
      if (length < 1) {
        return false;
      }
      sum += length;
    }
    return sum == n;
  }

  private long start(int index) {
    return bytes.slice(indexAt + (long) index * Long.BYTES, Long.BYTES).getLong();
  }

  private static LaneFile read(MappedBytes bytes, Path file, LaneEntry entry) {
    ByteBuffer footer =
        bytes.slice(bytes.size() - LaneFormat.FOOTER_BYTES, LaneFormat.FOOTER_BYTES);
    long filesAt = footer.getLong();
    long indexAt = footer.getLong();
    long examples = footer.getLong();
    if (examples != entry.examples() || (int) examples != examples) {
      throw damaged(file, "it holds %d examples, not %d".formatted(examples, entry.examples()));
    }
    LaneFile lane = new LaneFile(bytes, locations(bytes, filesAt), indexAt, (int) examples);
    long at = LaneFormat.HEADER_BYTES;
    for (int i = 0; i < examples; i++) {
      long end = lane.start(i + 1);
      if (lane.start(i) != at || end > filesAt || !lane.isExample(at, end)) {
        throw damaged(file, "example %d is not where the index says".formatted(i));
      }
      at = end;
    }
    return lane;
  }

  private static List<String> locations(MappedBytes bytes, long at) {
    int count = bytes.slice(at, Integer.BYTES).getInt();
    at += Integer.BYTES;
    List<String> locations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = bytes.slice(at, Integer.BYTES).getInt();
      ByteBuffer utf8 = bytes.slice(at + Integer.BYTES, length);
      locations.add(StandardCharsets.UTF_8.decode(utf8).toString());
      at += Integer.BYTES + length;
    }
    return List.copyOf(locations);
  }

  private static long crc32c(MappedBytes bytes, int step) {
    CRC32C crc = new CRC32C();
    for (long at = 0; at < bytes.size(); at += step) {
      crc.update(bytes.slice(at, (int) Math.min(step, bytes.size() - at)));
    }
    return crc.getValue();
  }

  private static DataException damaged(Path file, String reason) {
    return DataException.ofTheRun(
        "Cannot open lane file %s: %s (delete its directory to have it written again)"
            .formatted(file, reason));
  }
}
