package ai.signal.chat;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Python's {@code ==}, {@code <} and {@code in}. */
final class PyOrder {
  private PyOrder() {}

  static boolean equal(Object left, Object right) {
    if (left == null || right == null) {
      return left == right;
    } else if (PyNumber.isNumber(left) && PyNumber.isNumber(right)) {
      return PyNumber.compare(left, right) == 0;
    } else if (left instanceof BigInteger) {
      return left.equals(right);
    } else if (PyTypes.isString(left) && PyTypes.isString(right)) {
      return PyText.str(left).equals(PyText.str(right));
    } else if (left instanceof Undefined) {
      return right instanceof Undefined;
    } else if (left instanceof List<?> a && right instanceof List<?> b) {
      return isTuple(a) == isTuple(b) && isRange(a) == isRange(b) && equalItems(a, b);
    } else if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      return equalEntries(a, b);
    } else if (left instanceof DictView a && right instanceof DictView b) {
      return a.kind().equals(b.kind()) && equalItems(a.items(), b.items());
    }
    return left == right;
  }

  private static boolean isTuple(List<?> list) {
    return list instanceof Tuple;
  }

  private static boolean isRange(List<?> list) {
    return list instanceof Range;
  }

  private static boolean equalItems(List<?> a, List<?> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!equal(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean equalEntries(Map<?, ?> a, Map<?, ?> b) {
    return a.size() == b.size()
        && a.entrySet().stream()
            .allMatch(
                entry ->
                    PyItems.hasKey(b, entry.getKey())
                        && equal(entry.getValue(), PyItems.value(b, entry.getKey())));
  }

  /** Negative, zero or positive; what has no order is refused. */
  static int compare(Object left, Object right) {
    if (PyNumber.isNumber(left) && PyNumber.isNumber(right)) {
      return PyNumber.compare(left, right);
    } else if (PyTypes.isString(left) && PyTypes.isString(right)) {
      return compareText(PyText.str(left), PyText.str(right));
    } else if (left instanceof List<?> a
        && right instanceof List<?> b
        && isTuple(a) == isTuple(b)
        && !isRange(a)
        && !isRange(b)) {
      for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
        if (!equal(a.get(i), b.get(i))) {
          return compare(a.get(i), b.get(i));
        }
      }
      return Integer.compare(a.size(), b.size());
    } else if (left instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (right instanceof Undefined undefined) {
      throw undefined.failure();
    }
    throw new RenderException(
        PyTypes.name(left) + " and " + PyTypes.name(right) + " have no order");
  }

  /** By code points: Java's own order puts what needs surrogates before U+E000. */
  private static int compareText(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    if (i == a.length() || i == b.length()) {
      return Integer.compare(a.length(), b.length());
    }
    boolean split = i > 0 && Character.isHighSurrogate(a.charAt(i - 1));
    int at = split ? i - 1 : i;
    return Integer.compare(a.codePointAt(at), b.codePointAt(at));
  }

  static boolean contains(Object container, Object item) {
    if (PyTypes.isString(container)) {
      if (!PyTypes.isString(item)) {
        throw new RenderException("'in' a string takes a string, not " + PyTypes.name(item));
      }
      return PyText.str(container).contains(PyText.str(item));
    } else if (container instanceof Map<?, ?> map) {
      PyItems.checkKey(item);
      return PyItems.hasKey(map, item);
    }
    for (Iterator<?> items = PyTypes.iterate(container); items.hasNext(); ) {
      if (equal(items.next(), item)) {
        return true;
      }
    }
    return false;
  }
}
