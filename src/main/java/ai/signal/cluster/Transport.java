package ai.signal.cluster;

import ai.signal.model.HalfPrecision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/** What floats are while they travel, in bytes of little-endian order. */
public enum Transport {
  /** As they are. */
  FLOAT32(Float.BYTES) {
    @Override
    byte[] pack(FloatBuffer values) {
      byte[] bytes = new byte[values.remaining() * Float.BYTES];
      floats(bytes).put(values);
      return bytes;
    }

    @Override
    void unpack(byte[] block, int from, float[] into, int count) {
      floats(block).get(from, into, 0, count);
    }
  },

  /** Rounded to the nearest bfloat16, ties to even: half the bytes. */
  BFLOAT16(Short.BYTES) {
    @Override
    byte[] pack(FloatBuffer values) {
      byte[] bytes = new byte[values.remaining() * Short.BYTES];
      ShortBuffer target = shorts(bytes);
      float[] wide = new float[STRIDE];
      short[] narrow = new short[STRIDE];
      while (values.hasRemaining()) {
        int n = Math.min(STRIDE, values.remaining());
        values.get(wide, 0, n);
        for (int i = 0; i < n; i++) {
          narrow[i] = HalfPrecision.toBfloat16(wide[i]);
        }
        target.put(narrow, 0, n);
      }
      return bytes;
    }

    @Override
    void unpack(byte[] block, int from, float[] into, int count) {
      short[] narrow = new short[count];
      shorts(block).get(from, narrow, 0, count);
      for (int i = 0; i < count; i++) {
        into[i] = Float.intBitsToFloat(narrow[i] << 16);
      }
    }
  };

  private static final int STRIDE = 4096;

  private final int bytes;

  Transport(int bytes) {
    this.bytes = bytes;
  }

  /** Of one value. */
  public int bytes() {
    return bytes;
  }

  /** What remains in the buffer, as a block. */
  abstract byte[] pack(FloatBuffer values);

  /** Values of a block, from one on, into the beginning of an array. */
  abstract void unpack(byte[] block, int from, float[] into, int count);

  static FloatBuffer floats(byte[] block) {
    return ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  private static ShortBuffer shorts(byte[] block) {
    return ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
  }
}
