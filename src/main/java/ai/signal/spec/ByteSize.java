package ai.signal.spec;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes as transformers takes it: {@code 5GB}, {@code 512MiB}, or bytes alone. */
public final class ByteSize {
  public static final String ALLOWED = "a size above 0, such as 5GB, 512MiB or a number of bytes";

  private static final Pattern FORM = Pattern.compile("(\\d{1,15}) ?(|[KMGT]I?B)");
  private static final List<String> UNITS = List.of("", "K", "M", "G", "T");

  private final String text;
  private final long bytes;

  private ByteSize(String text, long bytes) {
    this.text = text;
    this.bytes = bytes;
  }

  /**
   * Reads a size; 1GB is 10^9 bytes and 1GiB 2^30.
   *
   * @throws IllegalArgumentException saying what is allowed
   */
  public static ByteSize parse(String text) {
    Matcher form = FORM.matcher(text.toUpperCase(Locale.ROOT));
    if (!form.matches()) {
      throw new IllegalArgumentException(ALLOWED);
    }
    String unit = form.group(2);
    int power = UNITS.indexOf(unit.isEmpty() ? "" : unit.substring(0, 1));
    try {
      long bytes = Long.parseLong(form.group(1));
      for (int i = 0; i < power; i++) {
        bytes = Math.multiplyExact(bytes, unit.length() == 3 ? 1024L : 1000L);
      }
      if (bytes > 0) {
        return new ByteSize(text, bytes);
      }
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(ALLOWED, e);
    }
    throw new IllegalArgumentException(ALLOWED);
  }

  public long bytes() {
    return bytes;
  }

  /** As it was written. */
  @Override
  @JsonValue
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteSize size && size.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
