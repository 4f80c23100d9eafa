package ai.signal.lora;

import ai.signal.model.DType;
import ai.signal.model.ModelFormatException;
import ai.signal.model.TensorRef;
import ai.signal.storage.LocalFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.function.Consumer;

/** The values of an adapter's tensor as float32. */
final class TensorReader {
  private static final int CHUNK_BYTES = 1 << 16;

  private TensorReader() {}

  /**
   * Fills a piece of a flat vector.
   *
   * @throws ModelFormatException when a value is not finite or the file cannot be read
   */
  static void read(TensorRef tensor, float[] values, int offset) {
    int[] place = {offset};
    forEachChunk(tensor, chunk -> place[0] = convert(chunk, tensor.dtype(), values, place[0]));
    requireFinite(tensor, values, offset, place[0]);
  }

  /**
   * The Euclidean norm of each row of a matrix, which is never in memory as a whole.
   *
   * @param norms receives them from {@code offset} on
   * @throws ModelFormatException when a norm is not finite or the file cannot be read
   */
  static void rowNorms(TensorRef tensor, float[] norms, int offset) {
    int columns = Math.toIntExact(tensor.shape().get(1));
    float[] values = new float[CHUNK_BYTES / tensor.dtype().bytes()];
    long[] done = {0};
    double[] sum = {0};
    forEachChunk(
        tensor,
        chunk -> {
          int count = convert(chunk, tensor.dtype(), values, 0);
          for (int i = 0; i < count; i++) {
            sum[0] += (double) values[i] * values[i];
            if (++done[0] % columns == 0) {
              norms[offset + (int) (done[0] / columns) - 1] = (float) Math.sqrt(sum[0]);
              sum[0] = 0;
            }
          }
        });
    requireFinite(tensor, norms, offset, offset + (int) (done[0] / columns));
  }

  private static void forEachChunk(TensorRef tensor, Consumer<ByteBuffer> work) {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel file = LocalFiles.channel(tensor.file())) {
      file.position(tensor.offset());
      for (long left = tensor.bytes(); left > 0; left -= chunk.limit()) {
        chunk.clear().limit((int) Math.min(CHUNK_BYTES, left));
        while (chunk.hasRemaining()) {
          if (file.read(chunk) < 0) {
            throw new EOFException("it ends within tensor '" + tensor.name() + "'");
          }
        }
        work.accept(chunk.flip());
      }
    } catch (IOException e) {
      throw new ModelFormatException(
          PeftAdapter.WHAT, "the file cannot be read: " + e, tensor.file(), e);
    }
  }

  /** Puts all of a chunk, from its beginning, and returns the place behind. */
  static int convert(ByteBuffer chunk, DType dtype, float[] values, int offset) {
    int count = chunk.limit() / dtype.bytes();
    switch (dtype) {
      case FLOAT32 -> chunk.asFloatBuffer().get(values, offset, count);
      case BFLOAT16 -> {
        for (int i = 0; i < count; i++) {
          values[offset + i] = Float.intBitsToFloat(chunk.getShort(2 * i) << 16);
        }
      }
      case FLOAT16 -> {
        for (int i = 0; i < count; i++) {
          values[offset + i] = halfToFloat(chunk.getShort(2 * i));
        }
      }
    }
    return offset + count;
  }

  /** IEEE 754 binary16: a sign, five bits of exponent, ten of fraction. */
  static float halfToFloat(short half) {
    int exponent = (half >> 10) & 0x1F;
    int fraction = half & 0x3FF;
    float magnitude;
    if (exponent == 0) {
      magnitude = fraction * 0x1p-24f;
    } else if (exponent < 0x1F) {
      magnitude = Math.scalb((float) (0x400 | fraction), exponent - 25);
    } else {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    }
    return half < 0 ? -magnitude : magnitude;
  }

  private static void requireFinite(TensorRef tensor, float[] values, int begin, int end) {
    for (int i = begin; i < end; i++) {
      if (!Float.isFinite(values[i])) {
        throw new ModelFormatException(
            PeftAdapter.WHAT,
            "tensor '" + tensor.name() + "' holds the value " + values[i],
            tensor.file());
      }
    }
  }
}
