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
    put("lower", value -> Case.isLower(PyText.str(value)));
    put("upper", value -> Case.isUpper(PyText.str(value)));
    put("odd", value -> PyOrder.equal(PyNumber.modulo(value, 2L), 1L));
    put("even", value -> PyOrder.equal(PyNumber.modulo(value, 2L), 0L));
    put("filter", value -> Filters.names().contains(PyText.str(value)));
    put("test", value -> names().contains(PyText.str(value)));
    put((value, other) -> PyOrder.equal(PyNumber.modulo(value, other), 0L), "divisibleby");
    put(Tests::same, "sameas");
    put((value, container) -> PyOrder.contains(container, value), "in");
    put(PyOrder::equal, "==", "eq", "equalto");
    put((value, other) -> !PyOrder.equal(value, other), "!=", "ne");
    put((value, other) -> PyOrder.compare(value, other) > 0, ">", "gt", "greaterthan");
    put((value, other) -> PyOrder.compare(value, other) >= 0, ">=", "ge");
    put((value, other) -> PyOrder.compare(value, other) < 0, "<", "lt", "lessthan");
    put((value, other) -> PyOrder.compare(value, other) <= 0, "<=", "le");
  }

  private static void put(String name, Predicate<Object> test) {
    TESTS.put(
        name,
        (value, args) -> {
          args.bind(0);
          return test.test(value);
        });
  }

  private static void put(BiPredicate<Object, Object> test, String... names) {
    for (String name : names) {
      TESTS.put(name, (value, args) -> test.test(value, args.bind(1, "other").get("other")));
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
