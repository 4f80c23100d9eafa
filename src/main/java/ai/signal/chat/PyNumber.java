package ai.signal.chat;

import java.math.BigDecimal;
import java.util.List;
import java.util.function.LongSupplier;

/** Python's arithmetic: integers of 64 bits (more is refused), floats, and + and * of sequences. */
final class PyNumber {
  private PyNumber() {}

  static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  private static boolean isInteger(Object value) {
    return value instanceof Long || value instanceof Boolean;
  }

  static long integer(Object value) {
    return value instanceof Boolean flag ? (flag ? 1 : 0) : (Long) value;
  }

  static double real(Object value) {
    return value instanceof Double number ? number : integer(value);
  }

  static int compare(Object left, Object right) {
    if (isInteger(left) && isInteger(right)) {
      return Long.compare(integer(left), integer(right));
    }
    double a = real(left);
    double b = real(right);
    if (a == b && Double.isFinite(a) && (isInteger(left) || isInteger(right))) {
      return exact(left).compareTo(exact(right));
    }
    return a < b ? -1 : a == b ? 0 : 1;
  }

  static BigDecimal exact(Object value) {
    return value instanceof Double number
        ? new BigDecimal(number)
        : BigDecimal.valueOf(integer(value));
  }

  static Object add(Work work, Object left, Object right) {
    if (isNumber(left) && isNumber(right)) {
      return isInteger(left) && isInteger(right)
          ? (Object) exactly(() -> Math.addExact(integer(left), integer(right)))
          : (Object) (real(left) + real(right));
    } else if (left instanceof Markup || right instanceof Markup) {
      if (PyTypes.isString(left) && PyTypes.isString(right)) {
        return new Markup(work.joined(escaped(work, left), escaped(work, right)));
      }
    } else if (left instanceof String a && right instanceof String b) {
      return work.joined(a, b);
    } else if (left instanceof List<?> a && right instanceof List<?> b) {
      if (left instanceof Tuple == right instanceof Tuple
          && !(left instanceof Range)
          && !(right instanceof Range)) {
        PyList sum = work.list(a);
        sum.addAll(b);
        return left instanceof Tuple ? work.tupleOf(sum) : sum;
      }
    }
    throw unsupported("+", left, right);
  }

  private static String escaped(Work work, Object value) {
    return value instanceof Markup markup ? markup.text() : Markup.escape(work, (String) value);
  }

  static Object multiply(Work work, Object left, Object right) {
    if (isNumber(left) && isNumber(right)) {
      return isInteger(left) && isInteger(right)
          ? (Object) exactly(() -> Math.multiplyExact(integer(left), integer(right)))
          : (Object) (real(left) * real(right));
    } else if (isInteger(right)) {
      return repeated(work, left, integer(right), right);
    } else if (isInteger(left)) {
      return repeated(work, right, integer(left), left);
    }
    throw unsupported("*", left, right);
  }

  private static Object repeated(Work work, Object value, long times, Object by) {
    long count = Math.max(0, times);
    if (value instanceof String text) {
      return work.text().repeat(text, count).toString();
    } else if (value instanceof List<?> list && !(value instanceof Range)) {
      PyList all = work.list();
      for (long i = 0; !list.isEmpty() && i < count; i++) {
        all.addAll(list);
      }
      return value instanceof Tuple ? work.tupleOf(all) : all;
    }
    throw unsupported("*", value, by);
  }

  static Object subtract(Object left, Object right) {
    check("-", left, right);
    return isInteger(left) && isInteger(right)
        ? (Object) exactly(() -> Math.subtractExact(integer(left), integer(right)))
        : (Object) (real(left) - real(right));
  }

  static Object divide(Object left, Object right) {
    check("/", left, right);
    return real(left) / nonZero(right);
  }

  static Object floorDivide(Object left, Object right) {
    check("//", left, right);
    nonZero(right);
    if (isInteger(left) && isInteger(right)) {
      return integer(right) == -1
          ? (Object) exactly(() -> Math.negateExact(integer(left)))
          : (Object) Math.floorDiv(integer(left), integer(right));
    }
    double a = real(left);
    double b = real(right);
    double quotient = (a - floorMod(a, b)) / b;
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }

  static Object modulo(Work work, Object left, Object right) {
    if (left instanceof String format) {
      return Formatting.percent(work, format, right);
    }
    check("%", left, right);
    nonZero(right);
    return isInteger(left) && isInteger(right)
        ? (Object) Math.floorMod(integer(left), integer(right))
        : (Object) floorMod(real(left), real(right));
  }

  private static double floorMod(double a, double b) {
    double rest = a % b;
    if (rest == 0) {
      return Math.copySign(0.0, b);
    }
    return (rest < 0) == (b < 0) ? rest : rest + b;
  }

  static Object power(Object left, Object right) {
    check("**", left, right);
    if (!isInteger(left) || !isInteger(right) || integer(right) < 0) {
      return Math.pow(real(left), real(right));
    }
    long base = integer(left);
    long exponent = integer(right);
    if (base >= -1 && base <= 1) {
      return exponent == 0 || (base == -1 && exponent % 2 == 0) ? 1L : base;
    }
    return exactly(
        () -> {
          long result = 1;
          long square = base;
          for (long rest = exponent; rest > 0; rest >>= 1) {
            result = (rest & 1) == 1 ? Math.multiplyExact(result, square) : result;
            square = rest > 1 ? Math.multiplyExact(square, square) : square;
          }
          return result;
        });
  }

  static Object negate(Object value) {
    check("unary -", value, 0L);
    return isInteger(value)
        ? (Object) exactly(() -> Math.negateExact(integer(value)))
        : (Object) (-real(value));
  }

  static Object plus(Object value) {
    check("unary +", value, 0L);
    return isInteger(value) ? (Object) integer(value) : value;
  }

  private static double nonZero(Object value) {
    double number = real(value);
    if (number == 0) {
      throw new RenderException("division by zero");
    }
    return number;
  }

  private static void check(String operator, Object left, Object right) {
    if (!isNumber(left) || !isNumber(right)) {
      throw unsupported(operator, left, right);
    }
  }

  private static long exactly(LongSupplier operation) {
    try {
      return operation.getAsLong();
    } catch (ArithmeticException e) {
      throw new RenderException("an integer of more than 64 bits");
    }
  }

  private static RenderException unsupported(String operator, Object left, Object right) {
    if (left instanceof Undefined undefined) {
      return undefined.failure();
    } else if (right instanceof Undefined undefined) {
      return undefined.failure();
    }
    return new RenderException(
        "'%s' does not take %s and %s"
            .formatted(operator, PyTypes.name(left), PyTypes.name(right)));
  }
}
