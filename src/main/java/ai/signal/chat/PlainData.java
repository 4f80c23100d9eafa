package ai.signal.chat;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** Values from outside as those that templates compute with. */
final class PlainData {
  private PlainData() {}

  static Object of(Work work, Object value) {
    if (value instanceof String text) {
      return work.made(text);
    } else if (value == null
        || value instanceof Boolean
        || value instanceof Long
        || value instanceof Double) {
      return value;
    } else if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    } else if (value instanceof Float number) {
      return number.doubleValue();
    } else if (value instanceof BigInteger number) {
      return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    } else if (value instanceof List<?> list) {
      work.enter();
      PyList copy = work.list();
      for (Object item : list) {
        copy.add(of(work, item));
      }
      work.leave();
      return copy;
    } else if (value instanceof Map<?, ?> map) {
      work.enter();
      PyDict copy = work.dict();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        copy.put(of(work, entry.getKey()), of(work, entry.getValue()));
      }
      work.leave();
      return copy;
    }
    throw ChatTemplateException.misused(
        "a variable holds a %s; only strings, numbers, booleans, nulls, lists and maps can be given"
            .formatted(value.getClass().getName()));
  }
}
