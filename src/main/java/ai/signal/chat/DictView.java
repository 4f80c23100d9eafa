package ai.signal.chat;

import java.util.Map;

/**
 * Python's view of a dict: has a length and can be iterated, but not indexed.
 *
 * @param kind dict_keys, dict_values or dict_items
 */
record DictView(String kind, PyList items) {

  static DictView keys(Work work, Map<?, ?> map) {
    PyList keys = work.list();
    for (Object key : map.keySet()) {
      keys.add(key);
    }
    return new DictView("dict_keys", keys);
  }

  static DictView values(Work work, Map<?, ?> map) {
    PyList values = work.list();
    for (Object value : map.values()) {
      values.add(value);
    }
    return new DictView("dict_values", values);
  }

  static DictView items(Work work, Map<?, ?> map) {
    return new DictView("dict_items", pairs(work, map));
  }

  static PyList pairs(Work work, Map<?, ?> map) {
    PyList pairs = work.list();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      work.step();
      pairs.add(work.tuple(entry.getKey(), entry.getValue()));
    }
    return pairs;
  }
}
