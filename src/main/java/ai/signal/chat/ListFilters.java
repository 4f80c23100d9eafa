package ai.signal.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The filters that make or take lists. */
final class ListFilters {
  private ListFilters() {}

  static void register(Map<String, Filters.Filter> filters) {
    filters.put("list", (value, args) -> plain(args, listOf(value)));
    filters.put("first", ListFilters::first);
    filters.put("last", ListFilters::last);
    filters.put("reverse", ListFilters::reverse);
    filters.put("items", ListFilters::items);
    filters.put("dictsort", ListFilters::dictSort);
    filters.put("sort", ListFilters::sort);
    filters.put("unique", (value, args) -> new Lazy(() -> unique(value, args)));
    filters.put("min", (value, args) -> extreme(value, args, -1));
    filters.put("max", (value, args) -> extreme(value, args, 1));
    filters.put("batch", (value, args) -> new Lazy(() -> batch(value, args)));
    filters.put("slice", (value, args) -> new Lazy(() -> slice(value, args)));
    filters.put("groupby", ListFilters::groupBy);
  }

  private static <T> T plain(Args args, T value) {
    args.bind(0);
    return value;
  }

  static List<Object> listOf(Object value) {
    List<Object> list = new ArrayList<>();
    PyTypes.iterate(value).forEachRemaining(list::add);
    return list;
  }

  private static Object first(Object value, Args args) {
    args.bind(0);
    Iterator<?> items = PyTypes.iterate(value);
    return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
  }

  private static Object last(Object value, Args args) {
    args.bind(0);
    if (value instanceof Iterator) {
      throw new RenderException("a generator has no last item; the filter list makes a list of it");
    }
    List<Object> items = listOf(value);
    return items.isEmpty()
        ? new Undefined("No last item, sequence was empty.")
        : items.get(items.size() - 1);
  }

  private static Object reverse(Object value, Args args) {
    args.bind(0);
    if (PyTypes.isString(value)) {
      return new StringBuilder(PyText.str(value)).reverse().toString();
    }
    List<Object> items = listOf(value);
    Collections.reverse(items);
    // Python gives a list only for what it cannot walk backwards.
    return value instanceof Iterator ? items : items.iterator();
  }

  private static Iterator<Object> items(Object value, Args args) {
    args.bind(0);
    return new Lazy(
        () -> {
          if (value instanceof Undefined) {
            return Collections.emptyIterator();
          } else if (value instanceof Map<?, ?> map) {
            return DictView.pairs(map).iterator();
          }
          throw new RenderException("Can only get item pairs from a mapping.");
        });
  }

  private static List<Object> dictSort(Object value, Args args) {
    Args.Bound bound = args.bind(0, "case_sensitive", "by", "reverse");
    Object by = bound.get("by", "key");
    if (!by.equals("key") && !by.equals("value")) {
      throw new RenderException("You can only sort by either \"key\" or \"value\"");
    }
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (!(value instanceof Map)) {
      throw new RenderException("dictsort takes a mapping, not " + PyTypes.name(value));
    }
    List<Object> pairs = DictView.pairs((Map<?, ?>) value);
    int place = by.equals("key") ? 0 : 1;
    order(pairs, bound, pair -> ((Tuple) pair).get(place));
    return pairs;
  }

  private static List<Object> sort(Object value, Args args) {
    Args.Bound bound = args.bind(0, "reverse", "case_sensitive", "attribute");
    List<Object> items = listOf(value);
    List<Object> paths =
        bound.get("attribute") instanceof String several
            ? Split.left(several, ",", Integer.MAX_VALUE)
            : Collections.singletonList(bound.get("attribute"));
    boolean sensitive = bound.flag("case_sensitive");
    // Keys are lists, as in jinja2, so that equal values need no order.
    order(
        items,
        bound,
        item -> {
          List<Object> keys = new ArrayList<>();
          paths.forEach(path -> keys.add(folded(ItemFilters.path(item, path), sensitive)));
          return keys;
        });
    return items;
  }

  private static void order(List<Object> items, Args.Bound bound, Function<Object, Object> key) {
    boolean sensitive = bound.flag("case_sensitive");
    Comparator<Object> order =
        (a, b) -> PyOrder.compare(folded(key.apply(a), sensitive), folded(key.apply(b), sensitive));
    // A reversed comparator keeps the order of equals, as Python does.
    items.sort(bound.flag("reverse") ? order.reversed() : order);
  }

  private static Object folded(Object key, boolean sensitive) {
    return !sensitive && PyTypes.isString(key) ? Case.lower(PyText.str(key)) : key;
  }

  private static Iterator<?> unique(Object value, Args args) {
    Args.Bound bound = args.bind(0, "case_sensitive", "attribute");
    List<Object> keys = new ArrayList<>();
    List<Object> items = new ArrayList<>();
    for (Object item : listOf(value)) {
      Object key =
          folded(ItemFilters.path(item, bound.get("attribute")), bound.flag("case_sensitive"));
      PyItems.checkKey(key);
      if (keys.stream().noneMatch(other -> PyOrder.equal(other, key))) {
        keys.add(key);
        items.add(item);
      }
    }
    return items.iterator();
  }

  private static Object extreme(Object value, Args args, int sign) {
    Args.Bound bound = args.bind(0, "case_sensitive", "attribute");
    boolean sensitive = bound.flag("case_sensitive");
    Object best = new Undefined("No aggregated item, sequence was empty.");
    Object bestKey = null;
    boolean any = false;
    for (Object item : listOf(value)) {
      Object key = folded(ItemFilters.path(item, bound.get("attribute")), sensitive);
      if (!any || PyOrder.compare(key, bestKey) * sign > 0) {
        best = item;
        bestKey = key;
        any = true;
      }
    }
    return best;
  }

  private static Iterator<?> batch(Object value, Args args) {
    Args.Bound bound = args.bind(1, "linecount", "fill_with");
    long size = bound.integer("linecount", 0);
    List<Object> batches = new ArrayList<>();
    List<Object> batch = new ArrayList<>();
    for (Object item : listOf(value)) {
      if (batch.size() == size) {
        batches.add(batch);
        batch = new ArrayList<>();
      }
      batch.add(item);
    }
    if (!batch.isEmpty()) {
      Limits.items(size);
      while (bound.get("fill_with") != null && batch.size() < size) {
        batch.add(bound.get("fill_with"));
      }
      batches.add(batch);
    }
    return batches.iterator();
  }

  private static Iterator<?> slice(Object value, Args args) {
    Args.Bound bound = args.bind(1, "slices", "fill_with");
    List<Object> items = listOf(value);
    long slices = bound.integer("slices", 0);
    Limits.items(slices);
    List<Object> all = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < slices; i++) {
      boolean extra = i < items.size() % slices;
      int end = start + (int) (items.size() / slices) + (extra ? 1 : 0);
      List<Object> one = new ArrayList<>(items.subList(start, end));
      if (bound.get("fill_with") != null && !extra) {
        one.add(bound.get("fill_with"));
      }
      all.add(one);
      start = end;
    }
    return all.iterator();
  }

  private static List<Object> groupBy(Object value, Args args) {
    Args.Bound bound = args.bind(1, "attribute", "default", "case_sensitive");
    boolean sensitive = bound.flag("case_sensitive");
    List<Object> items = listOf(value);
    Function<Object, Object> key =
        item -> {
          Object found = ItemFilters.path(item, bound.get("attribute"));
          return found instanceof Undefined && bound.get("default") != null
              ? bound.get("default")
              : found;
        };
    order(items, bound, key);
    List<Object> groups = new ArrayList<>();
    List<Object> group = new ArrayList<>();
    for (Object item : items) {
      Object grouper = folded(key.apply(item), sensitive);
      if (!group.isEmpty() && !PyOrder.equal(folded(key.apply(group.get(0)), sensitive), grouper)) {
        groups.add(Tuple.of(key.apply(group.get(0)), group));
        group = new ArrayList<>();
      }
      group.add(item);
    }
    if (!group.isEmpty()) {
      groups.add(Tuple.of(key.apply(group.get(0)), group));
    }
    return groups;
  }
}
