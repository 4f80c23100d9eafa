package ai.signal.chat;

import java.util.List;
import java.util.Map;

/**
 * {@code value[index]}, {@code value[a:b:c]} and {@code value.name} as jinja2's sandbox has them.
 */
final class PyItems {
  private PyItems() {}

  /** The item, or where there is none, the attribute of that name. */
  static Object item(Work work, Object value, Object index) {
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    Object found = ownItem(work, value, index);
    if (found instanceof Undefined && index instanceof String name) {
      return Attributes.of(work, value, name);
    }
    return found;
  }

  /** The attribute, such as a method, or where there is none, the item of that name. */
  static Object attribute(Work work, Object value, String name) {
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    Object found = Attributes.of(work, value, name);
    return found instanceof Undefined && !Attributes.isForbidden(value, name)
        ? ownItem(work, value, name)
        : found;
  }

  private static Object ownItem(Work work, Object value, Object index) {
    if (value instanceof Map<?, ?> map) {
      return Key.isHashable(work, index) && map.containsKey(index)
          ? map.get(index)
          : Undefined.attribute(value, index);
    }
    boolean place = index instanceof Long || index instanceof Boolean;
    if (place && value instanceof List<?> list) {
      int at = place(PyNumber.integer(index), list.size());
      return at < 0 ? Undefined.attribute(value, index) : list.get(at);
    } else if (place && PyTypes.isString(value)) {
      String text = PyText.str(work, value);
      work.read(text.length());
      int at = place(PyNumber.integer(index), (int) PyTypes.length(text));
      return at < 0
          ? Undefined.attribute(value, index)
          : work.made(Character.toString(text.codePointAt(text.offsetByCodePoints(0, at))));
    }
    return Undefined.attribute(value, index);
  }

  /** The index from 0, or -1 where there is no such item. */
  private static int place(long index, int size) {
    long at = index < 0 ? index + size : index;
    return at < 0 || at >= size ? -1 : (int) at;
  }

  static Object slice(Work work, Object value, Object start, Object stop, Object step) {
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (PyTypes.isString(value)) {
      return slice(work, PyText.str(work, value), start, stop, step);
    } else if (value instanceof List<?> list) {
      PyList out = work.list();
      Places places = Places.of(list.size(), start, stop, step);
      for (int i = 0; i < places.count(); i++) {
        out.add(list.get(places.at(i)));
      }
      return value instanceof Tuple ? work.tupleOf(out) : out;
    }
    throw new RenderException(PyTypes.name(value) + " has no slices");
  }

  private static String slice(Work work, String text, Object start, Object stop, Object step) {
    work.read(text.length());
    Places places = Places.of(text.codePointCount(0, text.length()), start, stop, step);
    if (places.step() == 1) {
      int from = text.offsetByCodePoints(0, (int) places.start());
      return work.part(text, from, text.offsetByCodePoints(from, places.count()));
    }
    work.allocate(Integer.BYTES * (long) text.length());
    int[] points = text.codePoints().toArray();
    Text out = work.text();
    for (int i = 0; i < places.count(); i++) {
      out.appendCodePoint(points[places.at(i)]);
    }
    return out.toString();
  }

  /** The places of a slice in a sequence. */
  private record Places(long start, long step, int count) {
    static Places of(int size, Object from, Object to, Object by) {
      long step = bound(by, 1);
      if (step == 0) {
        throw new RenderException("slice step cannot be zero");
      }
      long lowest = step < 0 ? -1 : 0;
      long highest = step < 0 ? size - 1 : size;
      long start = clamp(from, step < 0 ? highest : lowest, size, lowest, highest);
      long stop = clamp(to, step < 0 ? lowest : highest, size, lowest, highest);
      long span = step > 0 ? stop - start : start - stop;
      return new Places(start, step, span <= 0 ? 0 : (int) ((span - 1) / Math.abs(step) + 1));
    }

    int at(int index) {
      return (int) (start + index * step);
    }
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
