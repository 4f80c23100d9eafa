package ai.signal.model;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One tensor in a safetensors header.
 *
 * @param dtype a name that the format knows, also one that Signal does not compute with
 * @param begin bytes from the start of the values, inclusive
 * @param end exclusive
 */
record SafetensorsEntry(String name, String dtype, List<Long> shape, long begin, long end) {
  static final Comparator<SafetensorsEntry> BY_PLACE =
      Comparator.comparingLong(SafetensorsEntry::begin).thenComparingLong(SafetensorsEntry::end);

  private static final Map<String, Integer> BITS =
      Map.ofEntries(
          Map.entry("F4", 4),
          Map.entry("F6_E2M3", 6),
          Map.entry("F6_E3M2", 6),
          Map.entry("BOOL", 8),
          Map.entry("U8", 8),
          Map.entry("I8", 8),
          Map.entry("F8_E5M2", 8),
          Map.entry("F8_E4M3", 8),
          Map.entry("F8_E8M0", 8),
          Map.entry("I16", 16),
          Map.entry("U16", 16),
          Map.entry("F16", 16),
          Map.entry("BF16", 16),
          Map.entry("I32", 32),
          Map.entry("U32", 32),
          Map.entry("F32", 32),
          Map.entry("I64", 64),
          Map.entry("U64", 64),
          Map.entry("F64", 64),
          Map.entry("C64", 64));

  /** What contradicts itself in the entry, if anything does. */
  Optional<String> problem() {
    Integer bits = BITS.get(dtype);
    if (bits == null) {
      return Optional.of("is of unknown dtype " + ModelFormatException.quote(dtype));
    }
    if (begin < 0 || end < begin) {
      return Optional.of("has data_offsets [" + begin + ", " + end + "]");
    }
    long total = bits;
    try {
      for (long size : shape) {
        if (size < 0) {
          return Optional.of("has shape " + shape);
        }
        total = Math.multiplyExact(total, size);
      }
    } catch (ArithmeticException e) {
      return Optional.of("has shape " + shape + ", more than any file holds");
    }
    if (total % Byte.SIZE != 0 || total / Byte.SIZE != end - begin) {
      return Optional.of(
          "has data_offsets ["
              + begin
              + ", "
              + end
              + "], but "
              + dtype
              + " "
              + shape
              + " takes "
              + total
              + " bits");
    }
    return Optional.empty();
  }

  String described() {
    return "tensor " + ModelFormatException.quote(name) + " at [" + begin + ", " + end + "]";
  }
}
