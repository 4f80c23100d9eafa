package ai.signal.chat;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Python's {@code ==}, {@code <} and {@code in}. */
final class PyOrder {
  private PyOrder() {}

  static boolean equal(Work work, Object left, Object right) {
    if (left == null || right == null) {
      return left == right;
    } else if (PyNumber.isNumber(left) && PyNumber.isNumber(right)) {
      return PyNumber.compare(left, right) == 0;
    } else if (left instanceof BigInteger) {
      return left.equals(right);
    } else if (PyTypes.isString(left) && PyTypes.isString(right)) {
      return equalTexts(work, PyText.str(work, left), PyText.str(work, right));
    } else if (left instanceof Undefined) {
      return right instanceof Undefined;
    } else if (left instanceof List<?> a && right instanceof List<?> b) {
      return isTuple(a) == isTuple(b) && isRange(a) == isRange(b) && equalItems(work, a, b);
    } else if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      return equalEntries(work, a, b);
    } else if (left instanceof DictView a && right instanceof DictView b) {
      return a.kind().equals(b.kind()) && equalItems(work, a.items(), b.items());
    }
    return left == right;
  }

  private static boolean equalTexts(Work work, String a, String b) {
    if (a.length() != b.length()) {
      return false;
    }
    work.read(a.length());
    return a.equals(b);
  }

  private static boolean isTuple(List<?> list) {
    return list instanceof Tuple;
  }

  private static boolean isRange(List<?> list) {
    return list instanceof Range;
  }

  private static boolean equalItems(Work work, List<?> a, List<?> b) {
    if (a.size() != b.size()) {
      return false;
    }
    work.enter();
    boolean equal = true;
    for (int i = 0; equal && i < a.size(); i++) {
      work.step();
      equal = equal(work, a.get(i), b.get(i));
    }
    work.leave();
    return equal;
  }

  private static boolean equalEntries(Work work, Map<?, ?> a, Map<?, ?> b) {
    if (a.size() != b.size()) {
      return false;
    }
    work.enter();
    boolean equal = true;
    for (Iterator<? extends Map.Entry<?, ?>> entries = a.entrySet().iterator();
        equal && entries.hasNext(); ) {
      work.step();
      Map.Entry<?, ?> entry = entries.next();
      equal = b.containsKey(entry.getKey()) && equal(work, entry.getValue(), b.get(entry.getKey()));
    }
    work.leave();
    return equal;
  }

  /** Negative, zero or positive; what has no order is refused. */
  static int compare(Work work, Object left, Object right) {
    if (PyNumber.isNumber(left) && PyNumber.isNumber(right)) {
      return PyNumber.compare(left, right);
    } else if (PyTypes.isString(left) && PyTypes.isString(right)) {
      return compareText(work, PyText.str(work, left), PyText.str(work, right));
    } else if (left instanceof List<?> a
        && right instanceof List<?> b
        && isTuple(a) == isTuple(b)
        && !isRange(a)
        && !isRange(b)) {
      return compareItems(work, a, b);
    } else if (left instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (right instanceof Undefined undefined) {
      throw undefined.failure();
    }
    throw new RenderException(
        PyTypes.name(left) + " and " + PyTypes.name(right) + " have no order");
  }

  private static int compareItems(Work work, List<?> a, List<?> b) {
    work.enter();
    int order = Integer.compare(a.size(), b.size());
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      work.step();
      if (!equal(work, a.get(i), b.get(i))) {
        order = compare(work, a.get(i), b.get(i));
        break;
      }
    }
    work.leave();
    return order;
  }

  /** By code points: Java's own order puts what needs surrogates before U+E000. */
  private static int compareText(Work work, String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    work.read(i);
    if (i == a.length() || i == b.length()) {
      return Integer.compare(a.length(), b.length());
    }
    boolean split = i > 0 && Character.isHighSurrogate(a.charAt(i - 1));
    int at = split ? i - 1 : i;
    return Integer.compare(a.codePointAt(at), b.codePointAt(at));
  }

  static boolean contains(Work work, Object container, Object item) {
    if (PyTypes.isString(container)) {
      if (!PyTypes.isString(item)) {
        throw new RenderException("'in' a string takes a string, not " + PyTypes.name(item));
      }
      return Search.first(work, PyText.str(work, container), PyText.str(work, item), 0) >= 0;
    } else if (container instanceof Map<?, ?> map) {
      return map.containsKey(item);
    }
    for (Iterator<Object> items = work.iterate(container); items.hasNext(); ) {
      if (equal(work, items.next(), item)) {
        return true;
      }
    }
    return false;
  }
}
