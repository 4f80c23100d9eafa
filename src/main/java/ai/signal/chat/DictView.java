package ai.signal.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Python's view of a dict: has a length and can be iterated, but not indexed.
 *
 * @param kind dict_keys, dict_values or dict_items
 */
record DictView(String kind, List<Object> items) {

  static DictView keys(Map<?, ?> map) {
    return new DictView("dict_keys", new ArrayList<>(map.keySet()));
  }

  static DictView values(Map<?, ?> map) {
    return new DictView("dict_values", new ArrayList<>(map.values()));
  }

  static DictView items(Map<?, ?> map) {
    return new DictView("dict_items", pairs(map));
  }

  static List<Object> pairs(Map<?, ?> map) {
    List<Object> pairs = new ArrayList<>();
    map.forEach((key, value) -> pairs.add(Tuple.of(key, value)));
    return pairs;
  }
}
