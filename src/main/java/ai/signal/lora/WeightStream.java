package ai.signal.lora;

import ai.signal.model.DType;
import ai.signal.model.ModelFormatException;
import ai.signal.model.TensorRef;
import ai.signal.storage.LocalFiles;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** A weight's values from its first to its last, a chunk of them in memory at a time. */
final class WeightStream implements Closeable {
  private static final int CHUNK_BYTES = 1 << 18;

  private final TensorRef tensor;
  private final FileChannel file;
  private final ByteBuffer chunk =
      ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long left;

  WeightStream(TensorRef tensor) {
    this.tensor = tensor;
    this.left = tensor.bytes();
    try {
      this.file = LocalFiles.channel(tensor.file());
      file.position(tensor.offset());
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** The next values, as float32. */
  void read(float[] into, int count) {
    DType dtype = tensor.dtype();
    for (int done = 0; done < count; ) {
      if (!chunk.hasRemaining()) {
        fill();
      }
      int n = Math.min(count - done, chunk.remaining() / dtype.bytes());
      int bytes = n * dtype.bytes();
      ByteBuffer piece = chunk.slice(chunk.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
      done = TensorReader.convert(piece, dtype, into, done);
      chunk.position(chunk.position() + bytes);
    }
  }

  /** What is left, as it is. */
  void copyTo(OutputStream out) throws IOException {
    while (chunk.hasRemaining() || left > 0) {
      if (!chunk.hasRemaining()) {
        fill();
      }
      out.write(chunk.array(), chunk.position(), chunk.remaining());
      chunk.position(chunk.limit());
    }
  }

  private void fill() {
    chunk.clear().limit((int) Math.min(CHUNK_BYTES, left));
    try {
      while (chunk.hasRemaining()) {
        if (file.read(chunk) < 0) {
          throw new EOFException("it ends within tensor '" + tensor.name() + "'");
        }
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    chunk.flip();
    left -= chunk.limit();
  }

  private ModelFormatException unreadable(IOException e) {
    return new ModelFormatException("weights", "the file cannot be read: " + e, tensor.file(), e);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
