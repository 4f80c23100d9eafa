package ai.signal.chat;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** The tests of {@code is}, by name. */
final class Tests {
  private static final Map<String, Test> TESTS = new TreeMap<>();

  private Tests() {}

  @FunctionalInterface
  private interface Test {
    boolean test(Object value, Args args);
  }

  static {
    put("defined", value -> !(value instanceof Undefined));
    put("undefined", value -> value instanceof Undefined);
    put("none", value -> value == null);
    put("boolean", value -> value instanceof Boolean);
    put("true", value -> Boolean.TRUE.equals(value));
    put("false", value -> Boolean.FALSE.equals(value));
    put("integer", value -> value instanceof Long || value instanceof BigInteger);
    put("float", value -> value instanceof Double);
    put("number", value -> PyNumber.isNumber(value) || value instanceof BigInteger);
    put("string", PyTypes::isString);
    put("mapping", value -> value instanceof Map);
    put("iterable", PyTypes::isIterable);
    put("sequence", Tests::isSequence);
    put("callable", value -> value instanceof PyFunction || value instanceof Undefined);
    put("escaped", value -> value instanceof Markup);
    on("lower", (work, value) -> Case.isLower(work, PyText.str(work, value)));
    on("upper", (work, value) -> Case.isUpper(work, PyText.str(work, value)));
    on("odd", (work, value) -> leaves(work, value, 2L, 1L));
    on("even", (work, value) -> leaves(work, value, 2L, 0L));
    on("filter", (work, value) -> Filters.names().contains(PyText.str(work, value)));
    on("test", (work, value) -> names().contains(PyText.str(work, value)));
    put((work, value, other) -> leaves(work, value, other, 0L), "divisibleby");
    put((work, value, other) -> same(value, other), "sameas");
    put((work, value, container) -> PyOrder.contains(work, container, value), "in");
    put(PyOrder::equal, "==", "eq", "equalto");
    put((work, value, other) -> !PyOrder.equal(work, value, other), "!=", "ne");
    put((work, value, other) -> PyOrder.compare(work, value, other) > 0, ">", "gt", "greaterthan");
    put((work, value, other) -> PyOrder.compare(work, value, other) >= 0, ">=", "ge");
    put((work, value, other) -> PyOrder.compare(work, value, other) < 0, "<", "lt", "lessthan");
    put((work, value, other) -> PyOrder.compare(work, value, other) <= 0, "<=", "le");
  }

  @FunctionalInterface
  private interface OfTwo {
    boolean test(Work work, Object value, Object other);
  }

  private static void on(String name, BiPredicate<Work, Object> test) {
    TESTS.put(
        name,
        (value, args) -> {
          args.bind(0);
          return test.test(args.work(), value);
        });
  }

  private static boolean leaves(Work work, Object value, Object divisor, Object rest) {
    return PyOrder.equal(work, PyNumber.modulo(work, value, divisor), rest);
  }

  private static void put(String name, Predicate<Object> test) {
    TESTS.put(
        name,
        (value, args) -> {
          args.bind(0);
          return test.test(value);
        });
  }

  private static void put(OfTwo test, String... names) {
    for (String name : names) {
      TESTS.put(
          name, (value, args) -> test.test(args.work(), value, args.bind(1, "other").get("other")));
    }
  }

  static Set<String> names() {
    return TESTS.keySet();
  }

  static boolean test(String name, Object value, Args args) {
    Test test = TESTS.get(name);
    if (test == null) {
      throw new RenderException(unknown(name));
    }
    args.read(value);
    return test.test(value, args);
  }

  static String unknown(String name) {
    return "the test '%s' is not known here (known: %s)"
        .formatted(name, String.join(", ", names()));
  }

  private static boolean isSequence(Object value) {
    return PyTypes.isString(value)
        || value instanceof List
        || value instanceof Map
        || value instanceof Undefined;
  }

  /** One object; values that Python keeps once count as one. */
  private static boolean same(Object value, Object other) {
    return value == other
        || (value instanceof Boolean && value.equals(other))
        || (value instanceof Long && value.equals(other))
        || (value instanceof String && value.equals(other));
  }
}
