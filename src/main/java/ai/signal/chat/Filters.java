package ai.signal.chat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The filters, by name. */
final class Filters {
  private static final Map<String, Filter> FILTERS = new TreeMap<>();

  private Filters() {}

  /** A filter: what {@code value | name(args)} is. */
  @FunctionalInterface
  interface Filter {
    Object apply(Object value, Args args);
  }

  static {
    TextFilters.register(FILTERS);
    NumberFilters.register(FILTERS);
    ListFilters.register(FILTERS);
    ItemFilters.register(FILTERS);
    FILTERS.put("tojson", JsonText::filter);
    FILTERS.put("default", Filters::byDefault);
    FILTERS.put("d", Filters::byDefault);
    FILTERS.put("attr", Filters::attribute);
  }

  static Set<String> names() {
    return FILTERS.keySet();
  }

  static Object apply(String name, Object value, Args args) {
    Filter filter = FILTERS.get(name);
    if (filter == null) {
      throw new RenderException(unknown(name));
    }
    args.read(value);
    return filter.apply(value, args);
  }

  static String unknown(String name) {
    return "the filter '%s' is not known here (known: %s)"
        .formatted(name, String.join(", ", names()));
  }

  private static Object byDefault(Object value, Args args) {
    Args.Bound bound = args.bind(0, "default_value", "boolean");
    return value instanceof Undefined || (bound.flag("boolean") && !PyTypes.truth(value))
        ? bound.get("default_value", "")
        : value;
  }

  private static Object attribute(Object value, Args args) {
    String name = args.bind(1, "name").text("name");
    return value instanceof Undefined
        ? Undefined.attribute(value, name)
        : Attributes.of(args.work(), value, name);
  }
}
