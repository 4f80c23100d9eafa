package ai.signal.chat;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Python's {@code json.dumps} with the parameters of transformers' filter {@code tojson}. */
final class JsonText {
  private final boolean asciiOnly;
  private final String indent;
  private final String itemSeparator;
  private final String keySeparator;
  private final boolean sortKeys;
  private final Work work;
  private final Text out;

  private JsonText(Work work, Args.Bound parameters) {
    this.work = work;
    this.out = work.text();
    this.asciiOnly = parameters.flag("ensure_ascii");
    this.indent = indent(work, parameters.get("indent"));
    this.sortKeys = parameters.flag("sort_keys");
    if (parameters.get("separators") == null) {
      this.itemSeparator = indent == null ? ", " : ",";
      this.keySeparator = ": ";
    } else if (parameters.get("separators") instanceof List<?> pair && pair.size() == 2) {
      this.itemSeparator = PyText.str(work, pair.get(0));
      this.keySeparator = PyText.str(work, pair.get(1));
    } else {
      throw new RenderException("tojson: 'separators' must be a pair of strings");
    }
  }

  static String filter(Object value, Args args) {
    JsonText json =
        new JsonText(
            args.work(), args.bind(0, "ensure_ascii", "indent", "separators", "sort_keys"));
    json.write(value, 0);
    return json.out.toString();
  }

  private static String indent(Work work, Object indent) {
    if (indent == null || PyTypes.isString(indent)) {
      return indent == null ? null : PyText.str(work, indent);
    } else if (indent instanceof Long || indent instanceof Boolean) {
      long width = Math.max(0, PyNumber.integer(indent));
      return work.text().repeat(" ", width).toString();
    }
    throw new RenderException("tojson: 'indent' must be a number or a string");
  }

  private void write(Object value, int depth) {
    work.step();
    if (value == null) {
      out.append("null");
    } else if (value instanceof Boolean || value instanceof Long) {
      out.append(value.toString());
    } else if (value instanceof BigInteger number) {
      out.append(PyText.integer(work, number));
    } else if (value instanceof Double number) {
      out.append(number(number));
    } else if (PyTypes.isString(value)) {
      quote(PyText.str(work, value));
    } else if (value instanceof Map<?, ?> map) {
      object(map, depth);
    } else if (value instanceof List<?> list && !(value instanceof Range)) {
      array(list, depth);
    } else {
      throw new RenderException("tojson: " + PyTypes.name(value) + " is not JSON serializable");
    }
  }

  private String number(double number) {
    if (Double.isFinite(number)) {
      return PyText.number(work, number);
    }
    return Double.isNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
  }

  private void array(List<?> list, int depth) {
    work.enter();
    out.append('[');
    for (Iterator<?> items = list.iterator(); items.hasNext(); ) {
      newline(depth + 1);
      write(items.next(), depth + 1);
      if (items.hasNext()) {
        out.append(itemSeparator);
      } else {
        newline(depth);
      }
    }
    out.append(']');
    work.leave();
  }

  private void object(Map<?, ?> map, int depth) {
    work.enter();
    PyList keys = work.list();
    for (Object key : map.keySet()) {
      keys.add(key);
    }
    if (sortKeys) {
      keys = Sorting.sorted(work, keys, keys, false);
    }
    out.append('{');
    for (Iterator<Object> names = keys.iterator(); names.hasNext(); ) {
      Object name = names.next();
      newline(depth + 1);
      quote(key(name));
      out.append(keySeparator);
      write(map.get(name), depth + 1);
      if (names.hasNext()) {
        out.append(itemSeparator);
      } else {
        newline(depth);
      }
    }
    out.append('}');
    work.leave();
  }

  private String key(Object key) {
    if (key == null) {
      return "null";
    } else if (key instanceof Boolean || key instanceof Long) {
      return key.toString();
    } else if (key instanceof Double number) {
      return number(number);
    } else if (PyTypes.isString(key)) {
      return PyText.str(work, key);
    }
    throw new RenderException("tojson: a key cannot be " + PyTypes.name(key));
  }

  private void newline(int depth) {
    if (indent != null) {
      out.append('\n').repeat(indent, depth);
    }
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\f' -> out.append("\\f");
        case '\b' -> out.append("\\b");
        default -> {
          if (c < 0x20 || (asciiOnly && c > 0x7f)) {
            out.hex("\\u", c, 4);
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
