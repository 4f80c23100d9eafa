package ai.signal.chat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Python's {@code str()} and {@code repr()}. */
final class PyText {
  private static final int FLOAT_DIGITS = 17;
  private static final int EXPONENT_FROM = 16;
  private static final int EXPONENT_BELOW = -4;
  private static final int SHOWN = 60;

  private PyText() {}

  static String str(Work work, Object value) {
    if (value instanceof String text) {
      return text;
    } else if (value instanceof Markup markup) {
      return markup.text();
    } else if (value instanceof Undefined) {
      return "";
    }
    return repr(work, value);
  }

  static String repr(Work work, Object value) {
    String scalar = scalar(work, value);
    if (scalar != null) {
      return scalar;
    }
    Text out = work.text();
    write(work, value, out);
    return out.toString();
  }

  /** A value in a message: short, whatever it is. */
  static String shown(Object value) {
    if (PyTypes.isString(value)) {
      String text = value instanceof Markup markup ? markup.text() : (String) value;
      return "'" + shortened(text) + "'";
    }
    return value instanceof Long || value instanceof Boolean
        ? value.toString()
        : value == null ? "None" : "a " + PyTypes.name(value);
  }

  /** The beginning of a text of a template, for a message of one line. */
  static String shortened(String text) {
    String begin = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    return begin.replace("\n", "\\n").replace("\r", "\\r");
  }

  private static String scalar(Work work, Object value) {
    if (value == null) {
      return "None";
    } else if (value instanceof Boolean flag) {
      return flag ? "True" : "False";
    } else if (value instanceof Long) {
      return work.made(value.toString());
    } else if (value instanceof BigInteger number) {
      return integer(work, number);
    } else if (value instanceof Double number) {
      return number(work, number);
    } else if (value instanceof Undefined) {
      return "Undefined";
    }
    return null;
  }

  /** An integer of the variables that has more than 64 bits. */
  static String integer(Work work, BigInteger number) {
    int bits = number.bitLength();
    work.steps(1 + (long) bits * bits / (1 << 16)); // digits take quadratic time
    return work.made(number.toString());
  }

  private static void write(Work work, Object value, Text out) {
    String scalar = scalar(work, value);
    if (scalar != null) {
      out.append(scalar);
      return;
    }
    work.enter();
    if (value instanceof String text) {
      quote(text, out);
    } else if (value instanceof Markup markup) {
      out.append("Markup(");
      quote(markup.text(), out);
      out.append(')');
    } else if (value instanceof Tuple tuple) {
      items(work, tuple, out, "(", tuple.size() == 1 ? ",)" : ")");
    } else if (value instanceof Range range) {
      out.append(range.repr());
    } else if (value instanceof List<?> list) {
      items(work, list, out, "[", "]");
    } else if (value instanceof Map<?, ?> map) {
      entries(work, map, out);
    } else if (value instanceof DictView view) {
      out.append(view.kind()).append('(');
      items(work, view.items(), out, "[", "]");
      out.append(')');
    } else if (value instanceof Iterator) {
      throw new RenderException(
          "a generator has no text of its own; the filter list makes a list of it");
    } else {
      throw new RenderException("a " + PyTypes.name(value) + " has no text of its own");
    }
    work.leave();
  }

  private static void items(Work work, List<?> items, Text out, String open, String close) {
    out.append(open);
    for (int i = 0; i < items.size(); i++) {
      out.append(i == 0 ? "" : ", ");
      write(work, items.get(i), out);
    }
    out.append(close);
  }

  private static void entries(Work work, Map<?, ?> map, Text out) {
    out.append('{');
    String between = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(between);
      write(work, entry.getKey(), out);
      out.append(": ");
      write(work, entry.getValue(), out);
      between = ", ";
    }
    out.append('}');
  }

  /** The shortest digits that read back as the same number. */
  static String number(Work work, double number) {
    if (Double.isNaN(number)) {
      return "nan";
    } else if (Double.isInfinite(number)) {
      return number > 0 ? "inf" : "-inf";
    } else if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    work.steps(20 + Math.abs(Math.getExponent(number))); // decimals of up to 1,074 digits
    return work.made(finite(number));
  }

  private static String finite(double number) {
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

  private static void quote(String text, Text out) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      escape(c, quote, out);
      i += Character.charCount(c);
    }
    out.append(quote);
  }

  private static void escape(int c, char quote, Text out) {
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
      out.hex("\\x", c, 2);
    } else if (c < 0x10000) {
      out.hex("\\u", c, 4);
    } else {
      out.hex("\\U", c, 8);
    }
  }
}
