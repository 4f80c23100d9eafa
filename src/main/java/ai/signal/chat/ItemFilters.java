package ai.signal.chat;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
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

  /** What {@code a.b.0} leads to from an item; the item itself for None. */
  static Object path(Object item, Object path) {
    if (path == null) {
      return item;
    } else if (!PyTypes.isString(path)) {
      return PyItems.item(item, path);
    }
    Object found = item;
    for (Object part : Split.left(PyText.str(path), ".", Integer.MAX_VALUE)) {
      String name = (String) part;
      found = PyItems.item(found, name.matches("\\d{1,9}") ? (Object) Long.valueOf(name) : name);
    }
    return found;
  }

  private static Iterator<Object> map(Object value, Args args) {
    if (args.positional().isEmpty()) {
      Args.Bound bound = args.bind(0, "attribute", "default");
      if (bound.get("attribute") == null) {
        throw new RenderException("map requires a filter argument");
      }
      return mapped(value, item -> withDefault(item, bound));
    }
    String name = PyText.str(args.positional().get(0));
    Args rest = args.rest(name);
    return mapped(value, item -> Filters.apply(name, item, rest));
  }

  private static Object withDefault(Object item, Args.Bound bound) {
    Object found = item;
    Object attribute = bound.get("attribute");
    for (Object part :
        PyTypes.isString(attribute)
            ? Split.left(PyText.str(attribute), ".", Integer.MAX_VALUE)
            : Collections.singletonList(attribute)) {
      found = path(found, part);
      if (found instanceof Undefined && bound.get("default") != null) {
        found = bound.get("default");
      }
    }
    return found;
  }

  private static Iterator<Object> mapped(Object value, Function<Object, Object> function) {
    Iterator<?> items = lazily(value);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return items.hasNext();
      }

      @Override
      public Object next() {
        return function.apply(items.next());
      }
    };
  }

  private static Iterator<Object> lazily(Object value) {
    return new Lazy(
        () -> PyTypes.truth(value) ? PyTypes.iterate(value) : Collections.emptyIterator());
  }

  private static Iterator<Object> select(
      Object value, Args args, boolean byAttribute, boolean wanted) {
    if (byAttribute && args.positional().isEmpty()) {
      throw new RenderException("Missing parameter for attribute name");
    }
    Object attribute = byAttribute ? args.positional().get(0) : null;
    Args rest = byAttribute ? args.rest(args.callee()) : args;
    Predicate<Object> test = test(rest);
    return new Selected(lazily(value), item -> test.test(path(item, attribute)) == wanted);
  }

  private static Predicate<Object> test(Args args) {
    if (args.positional().isEmpty()) {
      return PyTypes::truth;
    }
    String name = PyText.str(args.positional().get(0));
    Args rest = args.rest(name);
    return item -> Tests.test(name, item, rest);
  }

  /** The items that a predicate takes, looked for only when asked. */
  static final class Selected implements Iterator<Object> {
    private final Iterator<?> items;
    private final Predicate<Object> wanted;
    private Object next;
    private boolean found;

    Selected(Iterator<?> items, Predicate<Object> wanted) {
      this.items = items;
      this.wanted = wanted;
    }

    @Override
    public boolean hasNext() {
      while (!found && items.hasNext()) {
        next = items.next();
        found = wanted.test(next);
      }
      return found;
    }

    @Override
    public Object next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      found = false;
      return next;
    }
  }
}
