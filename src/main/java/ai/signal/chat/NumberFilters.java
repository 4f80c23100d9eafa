package ai.signal.chat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Iterator;
import java.util.Map;

/** The filters that make numbers. */
final class NumberFilters {
  /** Cost of a decimal of a thousand digits. */
  private static final int ROUNDING_STEPS = 50;

  private NumberFilters() {}

  static void register(Map<String, Filters.Filter> filters) {
    filters.put("int", NumberFilters::integer);
    filters.put("float", NumberFilters::real);
    filters.put("abs", NumberFilters::abs);
    filters.put("round", NumberFilters::round);
    filters.put("sum", NumberFilters::sum);
    filters.put("length", NumberFilters::length);
    filters.put("count", NumberFilters::length);
  }

  private static long length(Object value, Args args) {
    args.bind(0);
    return PyTypes.length(value);
  }

  private static Object integer(Object value, Args args) {
    Args.Bound bound = args.bind(0, "default", "base");
    if (bound.integer("base", 10) != 10) {
      throw new RenderException("int with a base is not known here");
    }
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (PyTypes.isString(value)) {
      String text = Strip.both(args.work(), PyText.str(args.work(), value), null);
      if (NumberText.isInteger(text)) {
        return parsed(text.replace("_", ""));
      }
    } else if (PyNumber.isNumber(value) && !(value instanceof Double)) {
      return PyNumber.integer(value);
    }
    Double real = parsedReal(args.work(), value);
    if (real == null || !Double.isFinite(real)) {
      return bound.get("default", 0L);
    }
    double whole = real < 0 ? Math.ceil(real) : Math.floor(real);
    if (Math.abs(whole) >= 0x1p63) {
      throw new RenderException("an integer of more than 64 bits");
    }
    return (long) whole;
  }

  private static long parsed(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new RenderException("an integer of more than 64 bits: " + PyText.shortened(digits));
    }
  }

  private static Object real(Object value, Args args) {
    Args.Bound bound = args.bind(0, "default");
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    Double real = parsedReal(args.work(), value);
    return real == null ? bound.get("default", 0.0) : real;
  }

  private static Double parsedReal(Work work, Object value) {
    if (PyNumber.isNumber(value)) {
      return PyNumber.real(value);
    } else if (!PyTypes.isString(value)) {
      return null;
    }
    String text = Strip.both(work, PyText.str(work, value), null);
    if (NumberText.isFloat(text)) {
      work.read(8L * text.length());
      return Double.valueOf(text.replace("_", ""));
    }
    boolean negative = text.startsWith("-");
    return switch (Case.lower(work, negative || text.startsWith("+") ? text.substring(1) : text)) {
      case "inf", "infinity" -> negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      case "nan" -> Double.NaN;
      default -> null;
    };
  }

  private static Object abs(Object value, Args args) {
    args.bind(0);
    return PyOrder.compare(args.work(), value, 0L) < 0
        ? PyNumber.negate(value)
        : PyNumber.plus(value);
  }

  private static Object round(Object value, Args args) {
    Args.Bound bound = args.bind(0, "precision", "method");
    int precision = Math.toIntExact(Math.max(-400, Math.min(400, bound.integer("precision", 0))));
    String method = bound.get("method") == null ? "common" : bound.text("method");
    RoundingMode mode =
        switch (method) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> throw new RenderException("method must be common, ceil or floor");
        };
    if (!PyNumber.isNumber(value)) {
      throw new RenderException("round takes a number, not " + PyTypes.name(value));
    }
    args.work().steps(ROUNDING_STEPS);
    if (value instanceof Double number) {
      return Double.isFinite(number)
          ? new BigDecimal(number).setScale(precision, mode).doubleValue()
          : number;
    }
    BigDecimal rounded = BigDecimal.valueOf(PyNumber.integer(value)).setScale(precision, mode);
    if (mode != RoundingMode.HALF_EVEN) {
      return rounded.doubleValue();
    }
    try {
      return rounded.longValueExact();
    } catch (ArithmeticException e) {
      throw new RenderException("an integer of more than 64 bits");
    }
  }

  private static Object sum(Object value, Args args) {
    Args.Bound bound = args.bind(0, "attribute", "start");
    Work work = args.work();
    Object sum = bound.get("start", 0L);
    for (Iterator<Object> items = work.iterate(value); items.hasNext(); ) {
      Object item = ItemFilters.path(work, items.next(), bound.get("attribute"));
      sum = PyNumber.add(work, sum, item);
    }
    return sum;
  }
}
