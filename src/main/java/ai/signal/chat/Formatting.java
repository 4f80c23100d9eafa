package ai.signal.chat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code "%s" % value} and {@code "{}".format(value)}, as far as templates use them. */
final class Formatting {
  private static final Pattern PERCENT =
      Pattern.compile("%([-0]*)(\\d*)(?:\\.(\\d+))?([a-zA-Z%])?");
  private static final Pattern BRACES = Pattern.compile("\\{\\{|}}|\\{([^{}]*)}|[{}]");
  private static final int DEFAULT_PRECISION = 6;

  /** The decimals of the smallest float. */
  private static final int FLOAT_DECIMALS = 1_074;

  private static final int COUNT_DIGITS = 9;

  /** Cost of a decimal of a thousand digits. */
  private static final int NUMBER_STEPS = 50;

  /** Cost of matching a character of a format. */
  private static final int FORMAT_CHARS = 16;

  private Formatting() {}

  static String percent(Work work, String format, Object value) {
    Tuple values = value instanceof Tuple tuple ? tuple : work.tuple(value);
    work.read(FORMAT_CHARS * (long) format.length());
    // Python takes all that has items for a possible dict, of which nothing need be used.
    boolean mayBeUnused =
        values != value
            && (value instanceof List || value instanceof Map || value instanceof Undefined);
    Text out = work.text();
    int used = 0;
    Matcher spec = PERCENT.matcher(format);
    int done = 0;
    while (spec.find()) {
      out.append(format, done, spec.start());
      done = spec.end();
      if ("%".equals(spec.group(4))) {
        out.append('%');
        continue;
      }
      if (used == values.size()) {
        throw new RenderException("not enough arguments for format string");
      }
      out.append(padded(work, converted(work, spec, values.get(used++)), spec));
    }
    if (used < values.size() && !mayBeUnused) {
      throw new RenderException("not all arguments converted during string formatting");
    }
    return out.append(format, done, format.length()).toString();
  }

  private static String converted(Work work, Matcher spec, Object value) {
    String type = spec.group(4) == null ? "" : spec.group(4);
    return switch (type) {
      case "s" -> PyText.str(work, value);
      case "r" -> PyText.repr(work, value);
      case "d", "i" -> {
        BigDecimal number = number(work, type, value).setScale(0, RoundingMode.DOWN);
        yield work.made(number.toPlainString());
      }
      case "f" -> {
        long places = spec.group(3) == null ? DEFAULT_PRECISION : count(spec.group(3));
        yield decimal(work, number(work, type, value), places);
      }
      default ->
          throw new RenderException(
              "the format '%s' is not known here (known: %%s, %%r, %%d, %%i, %%f, %%%%)"
                  .formatted(PyText.shortened(spec.group())));
    };
  }

  /** A number with so many decimals: no float has more than some, all after them are zeros. */
  private static String decimal(Work work, BigDecimal number, long places) {
    int exact = (int) Math.min(places, FLOAT_DECIMALS);
    String text = number.setScale(exact, RoundingMode.HALF_EVEN).toPlainString();
    return work.text().append(text).repeat("0", places - exact).toString();
  }

  /** A width or a precision; more than every limit where it has many digits. */
  private static long count(String digits) {
    int start = 0;
    while (start < digits.length() - 1 && digits.charAt(start) == '0') {
      start++;
    }
    return digits.length() - start > COUNT_DIGITS
        ? Integer.MAX_VALUE
        : Long.parseLong(digits.substring(start));
  }

  private static BigDecimal number(Work work, String type, Object value) {
    work.steps(NUMBER_STEPS);
    if (!PyNumber.isNumber(value) || !Double.isFinite(PyNumber.real(value))) {
      throw new RenderException("%" + type + " takes a number, not " + PyTypes.name(value));
    }
    return PyNumber.exact(value);
  }

  private static String padded(Work work, String text, Matcher spec) {
    if (spec.group(2).isEmpty()) {
      return text;
    }
    boolean left = spec.group(1).contains("-");
    boolean zeros = !left && spec.group(1).contains("0") && !"s".equals(spec.group(4));
    boolean minus = zeros && text.startsWith("-");
    long width = count(spec.group(2)) - (minus ? 1 : 0);
    String padded =
        StringMethods.padded(
            work, minus ? work.part(text, 1) : text, width, zeros ? "0" : " ", left ? 0 : 1, 1);
    return minus ? work.joined("-", padded) : padded;
  }

  static String braces(String format, Args args) {
    Work work = args.work();
    work.read(FORMAT_CHARS * (long) format.length());
    Text out = work.text();
    int next = 0;
    int done = 0;
    Matcher field = BRACES.matcher(format);
    while (field.find()) {
      out.append(format, done, field.start());
      done = field.end();
      if (field.group().equals("{{") || field.group().equals("}}")) {
        out.append(field.group().charAt(0));
      } else if (field.group(1) == null) {
        throw new RenderException("single '" + field.group() + "' in format string");
      } else {
        String name = field.group(1);
        out.append(
            PyText.str(work, argument(name.isEmpty() ? Integer.toString(next++) : name, args)));
      }
    }
    return out.append(format, done, format.length()).toString();
  }

  private static Object argument(String name, Args args) {
    if (name.matches("\\d{1,4}")) {
      int place = Integer.parseInt(name);
      if (place >= args.positional().size()) {
        throw new RenderException("format has no argument " + place);
      }
      return args.positional().get(place);
    } else if (name.matches("\\w+")) {
      if (!args.named().containsKey(name)) {
        throw new RenderException("format has no argument '" + PyText.shortened(name) + "'");
      }
      return args.named().get(name);
    }
    throw new RenderException(
        "the format field '{%s}' is not known here (known: {}, {0}, {name})"
            .formatted(PyText.shortened(name)));
  }
}
