package ai.signal.chat;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** The methods of dicts and lists that change nothing. */
final class CollectionMethods {
  private CollectionMethods() {}

  /** Methods of dicts, by name. */
  static final Map<String, BiFunction<Map<?, ?>, Args, Object>> OF_DICT =
      new TreeMap<>(
          Map.of(
              "get", CollectionMethods::get,
              "items", (map, args) -> DictView.items(none(args), map),
              "keys", (map, args) -> DictView.keys(none(args), map),
              "values", (map, args) -> DictView.values(none(args), map),
              "copy", CollectionMethods::copy));

  /** Methods of lists; tuples and ranges have all but copy. */
  static final Map<String, BiFunction<List<?>, Args, Object>> OF_LIST =
      new TreeMap<>(
          Map.of(
              "count", CollectionMethods::count,
              "index", CollectionMethods::index,
              "copy", (list, args) -> none(args).list(list)));

  static Object ofDict(Map<?, ?> map, String name) {
    BiFunction<Map<?, ?>, Args, Object> method = OF_DICT.get(name);
    if (name.equals("fromkeys")) {
      throw new RenderException(
          "the dict method '%s' is not known here (known: %s)"
              .formatted(name, String.join(", ", OF_DICT.keySet())));
    }
    return method == null
        ? Undefined.attribute(map, name)
        : new Method(map, args -> method.apply(map, args));
  }

  static Object ofList(List<?> list, String name) {
    BiFunction<List<?>, Args, Object> method = OF_LIST.get(name);
    boolean changeless = list instanceof Tuple || list instanceof Range;
    return method == null || (changeless && name.equals("copy"))
        ? Undefined.attribute(list, name)
        : new Method(list, args -> method.apply(list, args));
  }

  private static Work none(Args args) {
    args.bind(0);
    return args.work();
  }

  private static Object get(Map<?, ?> map, Args args) {
    Args.Bound bound = args.bind(1, "key", "default");
    Object key = bound.get("key");
    return map.containsKey(key) ? map.get(key) : bound.get("default");
  }

  private static Object copy(Map<?, ?> map, Args args) {
    PyDict copy = none(args).dict();
    copy.addAll(map);
    return copy;
  }

  private static long count(List<?> list, Args args) {
    Object value = args.bind(1, "value").get("value");
    long count = 0;
    for (Iterator<Object> items = args.work().iterate(list); items.hasNext(); ) {
      count += PyOrder.equal(args.work(), items.next(), value) ? 1 : 0;
    }
    return count;
  }

  private static long index(List<?> list, Args args) {
    Object value = args.bind(1, "value").get("value");
    long index = 0;
    for (Iterator<Object> items = args.work().iterate(list); items.hasNext(); index++) {
      if (PyOrder.equal(args.work(), items.next(), value)) {
        return index;
      }
    }
    throw new RenderException(PyText.shown(value) + " is not in list");
  }
}
