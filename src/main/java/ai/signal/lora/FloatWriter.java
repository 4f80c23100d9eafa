package ai.signal.lora;

import ai.signal.model.DType;
import ai.signal.model.HalfPrecision;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes float32 values in a tensor's dtype, little-endian, rounded to nearest, ties to even. */
final class FloatWriter {
  private static final int CHUNK = 1 << 14;

  private final String tensor;
  private final DType dtype;
  private final OutputStream out;
  private final ByteBuffer chunk;

  /**
   * Writes to a stream.
   *
   * @param tensor whose values come, for messages
   */
  FloatWriter(String tensor, DType dtype, OutputStream out) {
    this.tensor = tensor;
    this.dtype = dtype;
    this.out = out;
    this.chunk = ByteBuffer.allocate(CHUNK * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Writes the first values of an array.
   *
   * @throws MergeException for one that is not finite, or not in this dtype
   */
  void write(float[] values, int count) throws IOException {
    for (int done = 0; done < count; done += CHUNK) {
      int n = Math.min(CHUNK, count - done);
      put(values, done, n);
      out.write(chunk.array(), 0, n * dtype.bytes());
    }
  }

  private void put(float[] values, int from, int n) {
    boolean finite = true;
    switch (dtype) {
      case FLOAT32 -> {
        for (int i = 0; i < n; i++) {
          finite &= Float.isFinite(values[from + i]);
        }
        chunk.asFloatBuffer().put(values, from, n);
      }
      case BFLOAT16 -> {
        for (int i = 0; i < n; i++) {
          short rounded = HalfPrecision.toBfloat16(values[from + i]);
          finite &= (rounded & 0x7F80) != 0x7F80;
          chunk.putShort(2 * i, rounded);
        }
      }
      case FLOAT16 -> {
        for (int i = 0; i < n; i++) {
          short rounded = HalfPrecision.toFloat16(values[from + i]);
          finite &= (rounded & 0x7C00) != 0x7C00;
          chunk.putShort(2 * i, rounded);
        }
      }
    }
    if (!finite) {
      throw refusal(values, from, n);
    }
  }

  private MergeException refusal(float[] values, int from, int n) {
    float largest = 0;
    for (int i = from; i < from + n; i++) {
      if (!Float.isFinite(values[i])) {
        return new MergeException("'%s' would have a value of %s".formatted(tensor, values[i]));
      }
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return new MergeException(
        "'%s' would have a value of size %s, which %s cannot hold; choose another dtype"
            .formatted(tensor, largest, dtype.specName()));
  }
}
