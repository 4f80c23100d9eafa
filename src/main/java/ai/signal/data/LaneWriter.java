package ai.signal.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/** Writes one lane file from its first byte to its last. */
final class LaneWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final CRC32C crc = new CRC32C();
  private final OutputStream out;
  private final WritableByteChannel channel;
  private long[] index = new long[1024];
  private int examples;
  private long tokens;
  private long position;

  LaneWriter(OutputStream out) throws IOException {
    this.out = new CheckedOutputStream(new BufferedOutputStream(out, BUFFER_BYTES), crc);
    this.channel = Channels.newChannel(this.out);
    write(buffer(LaneFormat.HEADER_BYTES).putLong(LaneFormat.header()));
  }

  /**
   * @param example as {@link LaneFormat} encodes it
   */
  void add(byte[] example) throws IOException {
    if (examples == index.length) {
      index = Arrays.copyOf(index, Math.multiplyExact(index.length, 2));
    }
    index[examples++] = position;
    tokens += LaneFormat.positions(ByteBuffer.wrap(example).order(ByteOrder.LITTLE_ENDIAN));
    out.write(example);
    position += example.length;
  }

  /**
   * Writes what stands behind the examples.
   *
   * @param locations of the files that the examples name by number
   * @param name of the lane file
   */
  LaneEntry finish(List<String> locations, String name) throws IOException {
    final long indexEnd = position;
    final long filesAt = position;
    write(buffer(Integer.BYTES).putInt(locations.size()));
    for (String location : locations) {
      byte[] utf8 = location.getBytes(StandardCharsets.UTF_8);
      write(buffer(Integer.BYTES + utf8.length).putInt(utf8.length).put(utf8));
    }
    final long indexAt = position;
    for (int i = 0; i < examples; i++) {
      write(buffer(Long.BYTES).putLong(index[i]));
    }
    write(buffer(Long.BYTES).putLong(indexEnd));
    write(buffer(3 * Long.BYTES).putLong(filesAt).putLong(indexAt).putLong(examples));
    return new LaneEntry(name, position, examples, tokens, crc.getValue());
  }

  /** What was written stays; a file that is not finished has no footer and is refused. */
  @Override
  public void close() throws IOException {
    out.close();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void write(ByteBuffer filled) throws IOException {
    position += channel.write(filled.flip());
  }
}
