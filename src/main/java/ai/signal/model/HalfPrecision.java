package ai.signal.model;

/** Float32 values in the formats of two bytes, rounded to nearest, ties to even. */
public final class HalfPrecision {
  private HalfPrecision() {}

  /** The upper half of the nearest float that has nothing in its lower half. */
  public static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40); // rounding could carry a NaN into infinity
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  /** IEEE 754 binary16: a sign, five bits of exponent, ten of fraction. */
  public static short toFloat16(float value) {
    int sign = (Float.floatToRawIntBits(value) >>> 16) & 0x8000;
    float size = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00);
    }
    if (size < 0x1p-14f) { // subnormal: whole multiples of 2^-24
      return (short) (sign | (int) Math.rint(size * 0x1p24));
    }
    if (size >= 65520) { // halfway from the largest half to the power of two above it
      return (short) (sign | 0x7c00);
    }
    int bits = Float.floatToRawIntBits(size);
    int rounded = (bits + 0xfff + ((bits >>> 13) & 1)) >>> 13; // may carry into the exponent
    return (short) (sign | (rounded - ((127 - 15) << 10)));
  }
}
