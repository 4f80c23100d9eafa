package ai.signal.checkpoint;

import ai.signal.storage.Content;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Blocks of float32, little-endian, without a copy of the whole. */
public final class Floats {
  private static final int CHUNK = 1 << 14; // floats

  private Floats() {}

  /** A block as a file's content; the array must not change until it is saved. */
  public static Content of(float[] values) {
    return out -> {
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < values.length; i += CHUNK) {
        int count = Math.min(CHUNK, values.length - i);
        chunk.asFloatBuffer().put(values, i, count);
        out.write(chunk.array(), 0, count * Float.BYTES);
      }
    };
  }

  /**
   * The next values of a stream.
   *
   * @param into filled, all of it
   * @throws EOFException if the stream has fewer
   */
  public static void read(InputStream in, float[] into) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < into.length; i += CHUNK) {
      int count = Math.min(CHUNK, into.length - i);
      if (in.readNBytes(chunk.array(), 0, count * Float.BYTES) < count * Float.BYTES) {
        throw new EOFException("A block of %d floats ends early".formatted(into.length));
      }
      chunk.asFloatBuffer().get(into, i, count);
    }
  }
}
