package ai.signal.chat;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The filters that make or take lists. */
final class ListFilters {
  private ListFilters() {}

  static void register(Map<String, Filters.Filter> filters) {
    filters.put("list", (value, args) -> plain(args, args.work().listOf(value)));
    filters.put("first", ListFilters::first);
    filters.put("last", ListFilters::last);
    filters.put("reverse", ListFilters::reverse);
    filters.put("items", ListFilters::items);
    filters.put("dictsort", ListFilters::dictSort);
    filters.put("sort", ListFilters::sort);
    filters.put("unique", late(ListFilters::unique));
    filters.put("min", (value, args) -> extreme(value, args, -1));
    filters.put("max", (value, args) -> extreme(value, args, 1));
    filters.put("batch", late(ListFilters::batch));
    filters.put("slice", late(ListFilters::slice));
    filters.put("groupby", ListFilters::groupBy);
  }

  private static <T> T plain(Args args, T value) {
    args.bind(0);
    return value;
  }

  /** A filter that Python has as a generator. */
  private static Filters.Filter late(Filters.Filter filter) {
    return (value, args) -> Generator.of(args.work(), () -> filter.apply(value, args), value, args);
  }

  private static Object first(Object value, Args args) {
    args.bind(0);
    Iterator<Object> items = args.work().iterate(value);
    return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
  }

  private static Object last(Object value, Args args) {
    args.bind(0);
    if (value instanceof Iterator) {
      throw new RenderException("a generator has no last item; the filter list makes a list of it");
    }
    PyList items = args.work().listOf(value);
    return items.isEmpty()
        ? new Undefined("No last item, sequence was empty.")
        : items.get(items.size() - 1);
  }

  private static Object reverse(Object value, Args args) {
    args.bind(0);
    Work work = args.work();
    if (PyTypes.isString(value)) {
      return reversed(work, PyText.str(work, value));
    }
    PyList items = work.listOf(value).reversed();
    // Python gives a list only for what it cannot walk backwards.
    return value instanceof Iterator ? items : Generator.of(work, () -> items, items);
  }

  private static String reversed(Work work, String text) {
    Text out = work.text();
    for (int i = text.length(); i > 0; ) {
      int c = text.codePointBefore(i);
      out.appendCodePoint(c);
      i -= Character.charCount(c);
    }
    return out.toString();
  }

  private static Iterator<Object> items(Object value, Args args) {
    args.bind(0);
    Work work = args.work();
    return Generator.of(
        work,
        () -> {
          if (value instanceof Undefined) {
            return work.list();
          } else if (value instanceof Map<?, ?> map) {
            return DictView.pairs(work, map);
          }
          throw new RenderException("Can only get item pairs from a mapping.");
        },
        value);
  }

  private static List<Object> dictSort(Object value, Args args) {
    Args.Bound bound = args.bind(0, "case_sensitive", "by", "reverse");
    Object by = bound.get("by", "key");
    if (!"key".equals(by) && !"value".equals(by)) {
      throw new RenderException("You can only sort by either \"key\" or \"value\"");
    }
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (!(value instanceof Map)) {
      throw new RenderException("dictsort takes a mapping, not " + PyTypes.name(value));
    }
    PyList pairs = DictView.pairs(args.work(), (Map<?, ?>) value);
    int place = "key".equals(by) ? 0 : 1;
    return ordered(args.work(), pairs, bound, pair -> ((Tuple) pair).get(place));
  }

  private static List<Object> sort(Object value, Args args) {
    Args.Bound bound = args.bind(0, "reverse", "case_sensitive", "attribute");
    Work work = args.work();
    PyList items = work.listOf(value);
    List<Object> paths =
        bound.get("attribute") instanceof String several
            ? Split.left(work, several, ",", Integer.MAX_VALUE)
            : Collections.singletonList(bound.get("attribute"));
    boolean sensitive = bound.flag("case_sensitive");
    // Keys are lists, as in jinja2, so that equal values need no order.
    return ordered(
        work,
        items,
        bound,
        item -> {
          PyList keys = work.list();
          for (Object path : paths) {
            keys.add(folded(work, ItemFilters.path(work, item, path), sensitive));
          }
          return keys;
        });
  }

  private static PyList ordered(
      Work work, PyList items, Args.Bound bound, Function<Object, Object> key) {
    boolean sensitive = bound.flag("case_sensitive");
    PyList keys = work.list();
    for (Object item : items) {
      work.step();
      keys.add(folded(work, key.apply(item), sensitive));
    }
    return Sorting.sorted(work, items, keys, bound.flag("reverse"));
  }

  private static Object folded(Work work, Object key, boolean sensitive) {
    return !sensitive && PyTypes.isString(key) ? Case.lower(work, PyText.str(work, key)) : key;
  }

  private static PyList unique(Object value, Args args) {
    Args.Bound bound = args.bind(0, "case_sensitive", "attribute");
    Work work = args.work();
    PyDict keys = work.dict();
    PyList items = work.list();
    for (Object item : work.listOf(value)) {
      Object found = ItemFilters.path(work, item, bound.get("attribute"));
      Object key = folded(work, found, bound.flag("case_sensitive"));
      if (!keys.containsKey(key)) {
        keys.put(key, true);
        items.add(item);
      }
    }
    return items;
  }

  private static Object extreme(Object value, Args args, int sign) {
    Args.Bound bound = args.bind(0, "case_sensitive", "attribute");
    boolean sensitive = bound.flag("case_sensitive");
    Object best = new Undefined("No aggregated item, sequence was empty.");
    Object bestKey = null;
    boolean any = false;
    Work work = args.work();
    for (Object item : work.listOf(value)) {
      Object key = folded(work, ItemFilters.path(work, item, bound.get("attribute")), sensitive);
      if (!any || PyOrder.compare(work, key, bestKey) * sign > 0) {
        best = item;
        bestKey = key;
        any = true;
      }
    }
    return best;
  }

  private static PyList batch(Object value, Args args) {
    Args.Bound bound = args.bind(1, "linecount", "fill_with");
    Work work = args.work();
    long size = bound.integer("linecount", 0);
    PyList batches = work.list();
    PyList batch = work.list();
    for (Object item : work.listOf(value)) {
      if (batch.size() == size) {
        batches.add(batch);
        batch = work.list();
      }
      batch.add(item);
    }
    if (!batch.isEmpty()) {
      while (bound.get("fill_with") != null && batch.size() < size) {
        batch.add(bound.get("fill_with"));
      }
      batches.add(batch);
    }
    return batches;
  }

  private static PyList slice(Object value, Args args) {
    Args.Bound bound = args.bind(1, "slices", "fill_with");
    Work work = args.work();
    PyList items = work.listOf(value);
    long slices = bound.integer("slices", 0);
    PyList all = work.list();
    int start = 0;
    for (long i = 0; i < slices; i++) {
      boolean extra = i < items.size() % slices;
      int end = start + (int) (items.size() / slices) + (extra ? 1 : 0);
      PyList one = work.list();
      for (int at = start; at < end; at++) {
        one.add(items.get(at));
      }
      if (bound.get("fill_with") != null && !extra) {
        one.add(bound.get("fill_with"));
      }
      all.add(one);
      start = end;
    }
    return all;
  }

  private static PyList groupBy(Object value, Args args) {
    Args.Bound bound = args.bind(1, "attribute", "default", "case_sensitive");
    Work work = args.work();
    boolean sensitive = bound.flag("case_sensitive");
    Function<Object, Object> key =
        item -> {
          Object found = ItemFilters.path(work, item, bound.get("attribute"));
          return found instanceof Undefined && bound.get("default") != null
              ? bound.get("default")
              : found;
        };
    PyList groups = work.list();
    PyList group = work.list();
    Object shown = null;
    Object grouper = null;
    for (Object item : ordered(work, work.listOf(value), bound, key)) {
      Object found = key.apply(item);
      Object folded = folded(work, found, sensitive);
      if (group.isEmpty() || !PyOrder.equal(work, grouper, folded)) {
        if (!group.isEmpty()) {
          groups.add(work.tuple(shown, group));
          group = work.list();
        }
        shown = found;
        grouper = folded;
      }
      group.add(item);
    }
    if (!group.isEmpty()) {
      groups.add(work.tuple(shown, group));
    }
    return groups;
  }
}
