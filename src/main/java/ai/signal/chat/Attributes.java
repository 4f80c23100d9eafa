package ai.signal.chat;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The attributes of values: methods of strings, lists and dicts, and what loops tell. */
final class Attributes {
  private static final Set<String> LIST_CHANGES =
      Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");
  private static final Set<String> DICT_CHANGES =
      Set.of("clear", "pop", "popitem", "setdefault", "update");
  private static final Set<String> NUMBER_METHODS =
      Set.of(
          "as_integer_ratio",
          "bit_count",
          "bit_length",
          "conjugate",
          "denominator",
          "from_bytes",
          "fromhex",
          "hex",
          "imag",
          "is_integer",
          "numerator",
          "real",
          "to_bytes");

  private Attributes() {}

  /** The attribute, or Undefined where Python has none or the sandbox forbids it. */
  static Object of(Work work, Object value, String name) {
    if (isForbidden(value, name)) {
      return new Undefined(
          "'%s' of %s may not be used by a template"
              .formatted(PyText.shortened(name), PyTypes.name(value)));
    }
    if (value instanceof Map<?, ?> map) {
      return CollectionMethods.ofDict(map, name);
    } else if (value instanceof String text) {
      return StringMethods.of(text, name);
    } else if (value instanceof Markup markup) {
      return StringMethods.ofMarkup(markup, name);
    } else if (value instanceof List<?> list) {
      return CollectionMethods.ofList(list, name);
    } else if (value instanceof Namespace namespace) {
      return namespace.get(name);
    } else if (value instanceof LoopContext loop) {
      return loop.attribute(name);
    } else if (value instanceof Macro macro && name.equals("name")) {
      return macro.name();
    } else if (PyNumber.isNumber(value) && NUMBER_METHODS.contains(name)) {
      throw new RenderException(
          "'%s' of %s is not known here".formatted(name, PyTypes.name(value)));
    }
    return Undefined.attribute(value, name);
  }

  static boolean isForbidden(Object value, String name) {
    return name.startsWith("__")
        || (value instanceof Map && DICT_CHANGES.contains(name))
        || (isList(value) && LIST_CHANGES.contains(name));
  }

  private static boolean isList(Object value) {
    return value instanceof List && !(value instanceof Tuple) && !(value instanceof Range);
  }
}
