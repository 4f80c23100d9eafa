package ai.signal.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The methods of dicts and lists that change nothing. */
final class CollectionMethods {
  private CollectionMethods() {}

  static Object ofDict(Map<?, ?> map, String name) {
    return switch (name) {
      case "get" -> (PyFunction) args -> get(map, args);
      case "items" -> (PyFunction) args -> none(args, DictView.items(map));
      case "keys" -> (PyFunction) args -> none(args, DictView.keys(map));
      case "values" -> (PyFunction) args -> none(args, DictView.values(map));
      case "copy" -> (PyFunction) args -> none(args, new LinkedHashMap<>(map));
      case "fromkeys" -> throw unknown("dict", name, "copy, get, items, keys, values");
      default -> Undefined.attribute(map, name);
    };
  }

  static Object ofList(List<?> list, String name) {
    return switch (name) {
      case "count" -> (PyFunction) args -> count(list, args.bind(1, "value").get("value"));
      case "index" -> (PyFunction) args -> index(list, args.bind(1, "value").get("value"));
      case "copy" ->
          list instanceof Tuple || list instanceof Range
              ? Undefined.attribute(list, name)
              : (PyFunction) args -> none(args, new ArrayList<>(list));
      default -> Undefined.attribute(list, name);
    };
  }

  private static Object get(Map<?, ?> map, Args args) {
    Args.Bound bound = args.bind(1, "key", "default");
    Object key = bound.get("key");
    PyItems.checkKey(key);
    return PyItems.hasKey(map, key) ? PyItems.value(map, key) : bound.get("default");
  }

  private static Object none(Args args, Object value) {
    args.bind(0);
    return value;
  }

  private static long count(List<?> list, Object value) {
    return list.stream().filter(item -> PyOrder.equal(item, value)).count();
  }

  private static long index(List<?> list, Object value) {
    for (int i = 0; i < list.size(); i++) {
      if (PyOrder.equal(list.get(i), value)) {
        return i;
      }
    }
    throw new RenderException(PyText.repr(value) + " is not in list");
  }

  private static RenderException unknown(String type, String name, String known) {
    return new RenderException(
        "the %s method '%s' is not known here (known: %s)".formatted(type, name, known));
  }
}
