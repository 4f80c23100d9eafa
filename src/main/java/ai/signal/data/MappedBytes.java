package ai.signal.data;

import ai.signal.storage.LocalFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A read-only memory-mapped file of any size. One mapping holds less than 2 GiB, so a new one
 * starts every {@code step} bytes and is up to two steps long: whatever is no longer than a step
 * lies whole in the mapping where it starts. No file descriptor stays open; pages are given back
 * when the object is collected.
 */
final class MappedBytes {
  static final int STEP = 1 << 30;

  private final List<ByteBuffer> mappings;
  private final int step;
  private final long size;

  private MappedBytes(List<ByteBuffer> mappings, int step, long size) {
    this.mappings = mappings;
    this.step = step;
    this.size = size;
  }

  static MappedBytes map(Path file, int step) throws IOException {
    try (FileChannel channel = LocalFiles.channel(file)) {
      long size = channel.size();
      List<ByteBuffer> mappings = new ArrayList<>();
      for (long at = 0; at < size; at += step) {
        long bytes = Math.min(Math.min(2L * step, Integer.MAX_VALUE), size - at);
        mappings.add(channel.map(FileChannel.MapMode.READ_ONLY, at, bytes));
      }
      return new MappedBytes(List.copyOf(mappings), step, size);
    }
  }

  long size() {
    return size;
  }

  /**
   * A view of {@code length} bytes, little-endian, safe to use beside others.
   *
   * @param length at most a step
   * @throws IndexOutOfBoundsException if they are not all in the file
   */
  ByteBuffer slice(long at, int length) {
    if (at < 0 || length < 0 || at > size - length) {
      throw new IndexOutOfBoundsException("bytes %d to %d of %d".formatted(at, at + length, size));
    }
    if (length == 0) {
      return ByteBuffer.allocate(0);
    }
    return mappings
        .get((int) (at / step))
        .slice((int) (at % step), length)
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
