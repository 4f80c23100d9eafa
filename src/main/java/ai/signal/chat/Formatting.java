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

  private Formatting() {}

  static String percent(String format, Object value) {
    Tuple values = value instanceof Tuple tuple ? tuple : Tuple.of(value);
    // Python takes all that has items for a possible dict, of which nothing need be used.
    boolean mayBeUnused =
        values != value
            && (value instanceof List || value instanceof Map || value instanceof Undefined);
    StringBuilder out = new StringBuilder();
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
      out.append(padded(converted(spec, values.get(used++)), spec));
    }
    if (used < values.size() && !mayBeUnused) {
      throw new RenderException("not all arguments converted during string formatting");
    }
    return out.append(format, done, format.length()).toString();
  }

  private static String converted(Matcher spec, Object value) {
    String type = spec.group(4) == null ? "" : spec.group(4);
    return switch (type) {
      case "s" -> PyText.str(value);
      case "r" -> PyText.repr(value);
      case "d", "i" -> number(type, value).setScale(0, RoundingMode.DOWN).toPlainString();
      case "f" -> {
        int places = spec.group(3) == null ? DEFAULT_PRECISION : Integer.parseInt(spec.group(3));
        yield number(type, value).setScale(places, RoundingMode.HALF_EVEN).toPlainString();
      }
      default ->
          throw new RenderException(
              "the format '%s' is not known here (known: %%s, %%r, %%d, %%i, %%f, %%%%)"
                  .formatted(spec.group()));
    };
  }

  private static BigDecimal number(String type, Object value) {
    if (!PyNumber.isNumber(value) || !Double.isFinite(PyNumber.real(value))) {
      throw new RenderException("%" + type + " takes a number, not " + PyTypes.name(value));
    }
    return PyNumber.exact(value);
  }

  private static String padded(String text, Matcher spec) {
    if (spec.group(2).isEmpty()) {
      return text;
    }
    boolean left = spec.group(1).contains("-");
    boolean zeros = !left && spec.group(1).contains("0") && !"s".equals(spec.group(4));
    boolean minus = zeros && text.startsWith("-");
    long width = Long.parseLong(spec.group(2)) - (minus ? 1 : 0);
    return (minus ? "-" : "")
        + StringMethods.padded(
            minus ? text.substring(1) : text, width, zeros ? "0" : " ", left ? 0 : 1, 1);
  }

  static String braces(String format, Args args) {
    StringBuilder out = new StringBuilder();
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
        out.append(PyText.str(argument(name.isEmpty() ? Integer.toString(next++) : name, args)));
      }
      Limits.chars(out.length());
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
        throw new RenderException("format has no argument '" + name + "'");
      }
      return args.named().get(name);
    }
    throw new RenderException(
        "the format field '{%s}' is not known here (known: {}, {0}, {name})".formatted(name));
  }
}
