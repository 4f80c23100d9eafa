package ai.signal.chat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Python's {@code str()} and {@code repr()}. */
final class PyText {
  private static final int FLOAT_DIGITS = 17;
  private static final int EXPONENT_FROM = 16;
  private static final int EXPONENT_BELOW = -4;

  private PyText() {}

  static String str(Object value) {
    if (value instanceof String text) {
      return text;
    } else if (value instanceof Markup markup) {
      return markup.text();
    } else if (value instanceof Undefined) {
      return "";
    }
    return repr(value);
  }

  static String repr(Object value) {
    if (value == null) {
      return "None";
    } else if (value instanceof Boolean flag) {
      return flag ? "True" : "False";
    } else if (value instanceof Long || value instanceof BigInteger) {
      return value.toString();
    } else if (value instanceof Double number) {
      return number(number);
    } else if (value instanceof String text) {
      return quoted(text);
    } else if (value instanceof Markup markup) {
      return "Markup(" + quoted(markup.text()) + ")";
    } else if (value instanceof Undefined) {
      return "Undefined";
    } else if (value instanceof Tuple tuple) {
      return tuple.size() == 1 ? "(" + repr(tuple.get(0)) + ",)" : items(tuple, "(", ")");
    } else if (value instanceof Range range) {
      return range.repr();
    } else if (value instanceof List<?> list) {
      return items(list, "[", "]");
    } else if (value instanceof Map<?, ?> map) {
      StringJoiner entries = new StringJoiner(", ", "{", "}");
      map.forEach((key, item) -> entries.add(repr(key) + ": " + repr(item)));
      return entries.toString();
    } else if (value instanceof DictView view) {
      return view.kind() + "(" + items(view.items(), "[", "]") + ")";
    } else if (value instanceof Iterator) {
      throw new RenderException(
          "a generator has no text of its own; the filter list makes a list of it");
    }
    throw new RenderException("a " + PyTypes.name(value) + " has no text of its own");
  }

  private static String items(List<?> items, String open, String close) {
    StringJoiner joined = new StringJoiner(", ", open, close);
    items.forEach(item -> joined.add(repr(item)));
    return joined.toString();
  }

  /** The shortest digits that read back as the same number. */
  static String number(double number) {
    if (Double.isNaN(number)) {
      return "nan";
    } else if (Double.isInfinite(number)) {
      return number > 0 ? "inf" : "-inf";
    } else if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = shortest(number);
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent < EXPONENT_FROM && exponent >= EXPONENT_BELOW) {
      String plain = shortest.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String digits = shortest.unscaledValue().abs().toString();
    return (number < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  /** Double.toString of Java 17 sometimes has a digit too many. */
  private static BigDecimal shortest(double number) {
    BigDecimal exact = new BigDecimal(number);
    for (int digits = 1; digits < FLOAT_DIGITS; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == number) {
        return rounded.stripTrailingZeros();
      }
    }
    return exact.round(new MathContext(FLOAT_DIGITS, RoundingMode.HALF_EVEN)).stripTrailingZeros();
  }

  private static String quoted(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder out = new StringBuilder().append(quote);
    text.codePoints().forEach(c -> escape(c, quote, out));
    return out.append(quote).toString();
  }

  private static void escape(int c, char quote, StringBuilder out) {
    if (c == quote || c == '\\') {
      out.append('\\').append((char) c);
    } else if (c == '\n') {
      out.append("\\n");
    } else if (c == '\r') {
      out.append("\\r");
    } else if (c == '\t') {
      out.append("\\t");
    } else if (PyChars.isPrintable(c)) {
      out.appendCodePoint(c);
    } else if (c < 0x100) {
      out.append("\\x%02x".formatted(c));
    } else {
      out.append(c < 0x10000 ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c));
    }
  }
}
