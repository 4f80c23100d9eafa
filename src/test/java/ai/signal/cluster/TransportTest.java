package ai.signal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class TransportTest {
  private static float[] through(Transport transport, float... values) {
    byte[] packed = transport.pack(FloatBuffer.wrap(values));
    float[] unpacked = new float[values.length];
    transport.unpack(packed, 0, unpacked, values.length);
    return unpacked;
  }

  private static float bits(int bits) {
    return Float.intBitsToFloat(bits);
  }

  @Test
  void float32IsUnchanged() {
    float[] values = {0, -0.0f, 1.1f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NEGATIVE_INFINITY};
    assertThat(through(Transport.FLOAT32, values)).isEqualTo(values);
  }

  @Test
  void bfloat16RoundsToNearestAndTiesToEven() {
    // Of the 16 bits that go, 8000 is half of the last that stays.
    assertThat(
            through(
                Transport.BFLOAT16,
                bits(0x3f800000),
                bits(0x3f807fff),
                bits(0x3f808000),
                bits(0x3f808001),
                bits(0x3f818000),
                bits(0xbf818000),
                bits(0x3fffffff)))
        .containsExactly(
            bits(0x3f800000),
            bits(0x3f800000),
            bits(0x3f800000),
            bits(0x3f810000),
            bits(0x3f820000),
            bits(0xbf820000),
            bits(0x40000000));
  }

  @Test
  void bfloat16KeepsWhatIsNoNumber() {
    assertThat(
            through(
                Transport.BFLOAT16,
                Float.POSITIVE_INFINITY,
                Float.NEGATIVE_INFINITY,
                Float.MAX_VALUE,
                bits(0x7fffffff),
                bits(0xff800001)))
        .containsExactly(
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.POSITIVE_INFINITY,
            Float.NaN,
            Float.NaN);
    assertThat(Float.floatToRawIntBits(through(Transport.BFLOAT16, -0.0f)[0]))
        .isEqualTo(0x80000000);
    assertThat(through(Transport.BFLOAT16, Float.MIN_VALUE)).containsExactly(0);
  }

  @Test
  void bfloat16HalvesTheBytes() {
    FloatBuffer values = FloatBuffer.wrap(new float[10_000]);
    assertThat(Transport.BFLOAT16.pack(values.duplicate())).hasSize(20_000);
    assertThat(Transport.FLOAT32.pack(values)).hasSize(40_000);
  }

  @Test
  void aBlockIsReadFromTheMiddle() {
    for (Transport transport : Transport.values()) {
      byte[] packed = transport.pack(FloatBuffer.wrap(new float[] {1, 2, 3, 4, 5}));
      float[] into = new float[3];
      transport.unpack(packed, 2, into, 2);
      assertThat(into).containsExactly(3, 4, 0);
    }
  }
}
