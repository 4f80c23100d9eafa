package ai.signal.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code value[index]}, {@code value[a:b:c]} and {@code value.name} as jinja2's sandbox has them.
 */
final class PyItems {
  private PyItems() {}

  /** The item, or where there is none, the attribute of that name. */
  static Object item(Object value, Object index) {
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    Object found = ownItem(value, index);
    if (found instanceof Undefined && index instanceof String name) {
      return Attributes.of(value, name);
    }
    return found;
  }

  /** The attribute, such as a method, or where there is none, the item of that name. */
  static Object attribute(Object value, String name) {
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    Object found = Attributes.of(value, name);
    return found instanceof Undefined && !Attributes.isForbidden(value, name)
        ? ownItem(value, name)
        : found;
  }

  private static Object ownItem(Object value, Object index) {
    if (value instanceof Map<?, ?> map) {
      return hasKey(map, index) ? value(map, index) : Undefined.attribute(value, index);
    }
    boolean place = index instanceof Long || index instanceof Boolean;
    if (place && value instanceof List<?> list) {
      int at = place(PyNumber.integer(index), list.size());
      return at < 0 ? Undefined.attribute(value, index) : list.get(at);
    } else if (place && PyTypes.isString(value)) {
      String text = PyText.str(value);
      int at = place(PyNumber.integer(index), (int) PyTypes.length(text));
      return at < 0
          ? Undefined.attribute(value, index)
          : Character.toString(text.codePointAt(text.offsetByCodePoints(0, at)));
    }
    return Undefined.attribute(value, index);
  }

  /** The index from 0, or -1 where there is no such item. */
  private static int place(long index, int size) {
    long at = index < 0 ? index + size : index;
    return at < 0 || at >= size ? -1 : (int) at;
  }

  static boolean hasKey(Map<?, ?> map, Object key) {
    return map.containsKey(key) || (PyNumber.isNumber(key) && sameNumber(map, key) != null);
  }

  static Object value(Map<?, ?> map, Object key) {
    if (map.containsKey(key) || !PyNumber.isNumber(key)) {
      return map.get(key);
    }
    return map.get(sameNumber(map, key));
  }

  static void put(Map<Object, Object> map, Object key, Object value) {
    checkKey(key);
    Object same = PyNumber.isNumber(key) ? sameNumber(map, key) : null;
    map.put(same == null ? key : same, value);
  }

  static void checkKey(Object key) {
    if (key instanceof Map || (key instanceof List && !(key instanceof Tuple))) {
      throw new RenderException("a key cannot be " + PyTypes.name(key));
    }
  }

  /** 1, 1.0 and True are one key to Python. */
  private static Object sameNumber(Map<?, ?> map, Object key) {
    for (Object other : map.keySet()) {
      if (PyNumber.isNumber(other) && PyOrder.equal(other, key)) {
        return other;
      }
    }
    return null;
  }

  static Object slice(Object value, Object start, Object stop, Object step) {
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (PyTypes.isString(value)) {
      int[] points = PyText.str(value).codePoints().toArray();
      StringBuilder out = new StringBuilder();
      for (int i : places(points.length, start, stop, step)) {
        out.appendCodePoint(points[i]);
      }
      return out.toString();
    } else if (value instanceof List<?> list) {
      List<Object> out = new ArrayList<>();
      for (int i : places(list.size(), start, stop, step)) {
        out.add(list.get(i));
      }
      return value instanceof Tuple ? new Tuple(out) : out;
    }
    throw new RenderException(PyTypes.name(value) + " has no slices");
  }

  private static List<Integer> places(int size, Object from, Object to, Object by) {
    long step = bound(by, 1);
    if (step == 0) {
      throw new RenderException("slice step cannot be zero");
    }
    long lowest = step < 0 ? -1 : 0;
    long highest = step < 0 ? size - 1 : size;
    long start = clamp(from, step < 0 ? highest : lowest, size, lowest, highest);
    long stop = clamp(to, step < 0 ? lowest : highest, size, lowest, highest);
    List<Integer> places = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      places.add((int) i);
    }
    return places;
  }

  private static long clamp(Object bound, long absent, int size, long lowest, long highest) {
    if (bound == null) {
      return absent;
    }
    long at = bound(bound, 0);
    return Math.max(lowest, Math.min(highest, at < 0 ? at + size : at));
  }

  private static long bound(Object bound, long absent) {
    if (bound == null) {
      return absent;
    } else if (bound instanceof Long || bound instanceof Boolean) {
      // Far outside of everything is as good as farther, and i + step must not overflow.
      long far = 1L << 40;
      return Math.max(-far, Math.min(far, PyNumber.integer(bound)));
    } else if (bound instanceof Undefined undefined) {
      throw undefined.failure();
    }
    throw new RenderException("a slice takes integers, not " + PyTypes.name(bound));
  }
}
