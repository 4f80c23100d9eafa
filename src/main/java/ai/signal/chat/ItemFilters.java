package ai.signal.chat;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The filters that work on every item: map, select, reject and their kin. Lazy, as in Python. */
final class ItemFilters {
  private ItemFilters() {}

  static void register(Map<String, Filters.Filter> filters) {
    filters.put("map", ItemFilters::map);
    filters.put("select", (value, args) -> select(value, args, false, true));
    filters.put("reject", (value, args) -> select(value, args, false, false));
    filters.put("selectattr", (value, args) -> select(value, args, true, true));
    filters.put("rejectattr", (value, args) -> select(value, args, true, false));
  }

  /** Follows a path such as {@code a.b.0} from an item; returns the item itself for None. */
  static Object path(Work work, Object item, Object path) {
    if (path == null) {
      return item;
    } else if (!PyTypes.isString(path)) {
      return PyItems.item(work, item, path);
    }
    Object found = item;
    for (Object part : Split.left(work, PyText.str(work, path), ".", Integer.MAX_VALUE)) {
      work.step();
      String name = (String) part;
      found = PyItems.item(work, found, isPlace(name) ? (Object) Long.valueOf(name) : name);
    }
    return found;
  }

  private static boolean isPlace(String name) {
    return !name.isEmpty()
        && name.length() < 10
        && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static Iterator<Object> map(Object value, Args args) {
    Work work = args.work();
    if (args.positional().isEmpty()) {
      Args.Bound bound = args.bind(0, "attribute", "default");
      if (bound.get("attribute") == null) {
        throw new RenderException("map requires a filter argument");
      }
      return Generator.mapped(work, items(value), args, item -> withDefault(work, item, bound));
    }
    String name = PyText.str(work, args.positional().get(0));
    Args rest = args.rest(name);
    return Generator.mapped(work, items(value), args, item -> Filters.apply(name, item, rest));
  }

  private static Object withDefault(Work work, Object item, Args.Bound bound) {
    Object found = item;
    Object attribute = bound.get("attribute");
    for (Object part :
        PyTypes.isString(attribute)
            ? Split.left(work, PyText.str(work, attribute), ".", Integer.MAX_VALUE)
            : Collections.singletonList(attribute)) {
      found = path(work, found, part);
      if (found instanceof Undefined && bound.get("default") != null) {
        found = bound.get("default");
      }
    }
    return found;
  }

  /** Returns no items for any false value. */
  private static Object items(Object value) {
    return PyTypes.truth(value) ? value : List.of();
  }

  private static Iterator<Object> select(
      Object value, Args args, boolean byAttribute, boolean wanted) {
    if (byAttribute && args.positional().isEmpty()) {
      throw new RenderException("Missing parameter for attribute name");
    }
    Object attribute = byAttribute ? args.positional().get(0) : null;
    Predicate<Object> test = test(byAttribute ? args.rest(args.callee()) : args);
    return Generator.selected(
        args.work(),
        items(value),
        args,
        item -> test.test(path(args.work(), item, attribute)) == wanted);
  }

  private static Predicate<Object> test(Args args) {
    if (args.positional().isEmpty()) {
      return PyTypes::truth;
    }
    String name = PyText.str(args.work(), args.positional().get(0));
    Args rest = args.rest(name);
    return item -> Tests.test(name, item, rest);
  }
}
