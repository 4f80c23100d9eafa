package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the definition of the formats, spelled out in doubles. */
class HalfPrecisionTest {
  /** The value of a positive half; its bits beyond the largest are of a power of two. */
  private static double half(int bits) {
    int exponent = bits >> 10;
    return exponent == 0
        ? Math.scalb((double) bits, -24)
        : Math.scalb(1024.0 + (bits & 0x3ff), exponent - 25);
  }

  private static double bfloat16(int bits) {
    int exponent = bits >> 7;
    return exponent == 0
        ? Math.scalb((double) bits, -133)
        : Math.scalb(128.0 + (bits & 0x7f), exponent - 134);
  }

  /** What stands at the places next to a value, the nearer one, or of two the even one. */
  private static int nearest(float value, IntToDoubleFunction format, int infinity) {
    int low = 0;
    int high = infinity;
    while (high - low > 1) {
      int middle = (low + high) / 2;
      if (format.applyAsDouble(middle) <= value) {
        low = middle;
      } else {
        high = middle;
      }
    }
    double below = value - format.applyAsDouble(low);
    double above = format.applyAsDouble(high) - value;
    return below < above || (below == above && low % 2 == 0) ? low : high;
  }

  @Test
  void roundsToTheNearestAndTiesToEven() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 400_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt(0x7f80_0000));
      assertThat((int) HalfPrecision.toBfloat16(value))
          .isEqualTo(nearest(value, HalfPrecisionTest::bfloat16, 0x7f80));
      float smaller = Math.scalb(1 + random.nextInt(1 << 23) * 0x1p-23f, random.nextInt(-27, 17));
      assertThat((int) HalfPrecision.toFloat16(smaller))
          .isEqualTo(nearest(smaller, HalfPrecisionTest::half, 0x7c00));
    }
  }

  @Test
  void everyHalfAndEveryMiddleOfTwo() {
    for (int bits = 0; bits < 0x7c00; bits++) {
      float here = (float) half(bits);
      assertThat((int) HalfPrecision.toFloat16(here)).isEqualTo(bits);
      assertThat(HalfPrecision.toFloat16(-here)).isEqualTo((short) (bits | 0x8000));
      float middle = (float) ((half(bits) + half(bits + 1)) / 2);
      assertThat((int) HalfPrecision.toFloat16(middle)).isEqualTo(bits + bits % 2);
      assertThat((int) HalfPrecision.toFloat16(Math.nextDown(middle))).isEqualTo(bits);
      assertThat((int) HalfPrecision.toFloat16(Math.nextUp(middle))).isEqualTo(bits + 1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Infinity, 0x7c00, 0x7f80",
    "-Infinity, 0xfc00, 0xff80",
    "NaN, 0x7e00, 0x7fc0",
    "-0, 0x8000, 0x8000",
    "65519.996, 0x7bff, 0x4780",
    "65520, 0x7c00, 0x4780",
    "3.4028235e38, 0x7c00, 0x7f80"
  })
  void edges(float value, String half, String bfloat16) {
    assertThat(HalfPrecision.toFloat16(value)).isEqualTo((short) (int) Integer.decode(half));
    assertThat(HalfPrecision.toBfloat16(value)).isEqualTo((short) (int) Integer.decode(bfloat16));
  }
}
