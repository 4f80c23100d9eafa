package ai.signal.lora;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorReaderTest {
  @ParameterizedTest
  @CsvSource({
    "0x0000, 0",
    "0x0001, 5.9604645e-8",
    "0x03ff, 6.0975552e-5",
    "0x0400, 6.1035156e-5",
    "0x3555, 0.33325195",
    "0x3c00, 1",
    "0x3c01, 1.0009766",
    "0xc000, -2",
    "0x7bff, 65504",
    "0xfbff, -65504",
    "0x7c00, Infinity",
    "0xfc00, -Infinity",
    "0x7e00, NaN",
    "0x8001, -5.9604645e-8"
  })
  void halves(String bits, float expected) {
    assertThat(TensorReader.halfToFloat((short) (int) Integer.decode(bits)))
        .isEqualTo(Float.valueOf(expected));
  }

  @Test
  void negativeZero() {
    assertThat(Float.floatToRawIntBits(TensorReader.halfToFloat(Short.MIN_VALUE)))
        .isEqualTo(0x80000000);
  }

  @Test
  void halvesRiseWithTheirBits() {
    for (short bits = 0; bits < 0x7C00; bits++) {
      assertThat(TensorReader.halfToFloat((short) (bits + 1)))
          .isGreaterThan(TensorReader.halfToFloat(bits));
    }
  }
}
