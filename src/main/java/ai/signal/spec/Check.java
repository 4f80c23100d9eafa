package ai.signal.spec;

import ai.signal.storage.Location;
import java.math.BigDecimal;

/** Range checks of spec values; each refuses by throwing {@link SpecException.Value}. */
public final class Check {
  private Check() {}

  public static void atLeast(String key, long value, long least) {
    if (value < least) {
      throw new SpecException.Value(key, value, "a whole number of at least " + least);
    }
  }

  public static void positive(String key, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new SpecException.Value(key, plain(value), "a number above 0");
    }
  }

  public static void notNegative(String key, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new SpecException.Value(key, plain(value), "a number of at least 0");
    }
  }

  /** A fraction in [0, 1). */
  public static void belowOne(String key, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new SpecException.Value(key, plain(value), "a number from 0 to below 1");
    }
  }

  public static void text(String key, String value) {
    if (value == null || value.isBlank()) {
      throw new SpecException.Value(key, "'" + value + "'", "a text that is not blank");
    }
  }

  /** A path or URI of the user's, which is not repeated where it is refused. */
  public static void location(String key, String value) {
    text(key, value);
    Location.problem(value)
        .ifPresent(
            problem -> {
              throw new SpecException.Value(key, "is refused: " + problem);
            });
  }

  private static Object plain(double value) {
    return Double.isFinite(value) ? BigDecimal.valueOf(value).stripTrailingZeros() : value;
  }
}
