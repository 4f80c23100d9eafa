package ai.signal.chat;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The methods of dicts and lists that change nothing. */
final class CollectionMethods {
  private CollectionMethods() {}

  static Object ofDict(Map<?, ?> map, String name) {
    return switch (name) {
      case "get" -> new Method(map, args -> get(map, args));
      case "items" -> new Method(map, args -> DictView.items(none(args), map));
      case "keys" -> new Method(map, args -> DictView.keys(none(args), map));
      case "values" -> new Method(map, args -> DictView.values(none(args), map));
      case "copy" -> new Method(map, args -> copy(map, args));
      case "fromkeys" -> throw unknown("dict", name, "copy, get, items, keys, values");
      default -> Undefined.attribute(map, name);
    };
  }

  static Object ofList(List<?> list, String name) {
    return switch (name) {
      case "count" -> new Method(list, args -> count(list, args));
      case "index" -> new Method(list, args -> index(list, args));
      case "copy" ->
          list instanceof Tuple || list instanceof Range
              ? Undefined.attribute(list, name)
              : new Method(list, args -> none(args).list(list));
      default -> Undefined.attribute(list, name);
    };
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

  private static RenderException unknown(String type, String name, String known) {
    return new RenderException(
        "the %s method '%s' is not known here (known: %s)".formatted(type, name, known));
  }
}
