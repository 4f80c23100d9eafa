package ai.signal.chat;

import java.math.BigInteger;
import java.util.ArrayList;
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
  private final StringBuilder out = new StringBuilder();

  private JsonText(Args.Bound parameters) {
    this.asciiOnly = parameters.flag("ensure_ascii");
    this.indent = indent(parameters.get("indent"));
    this.sortKeys = parameters.flag("sort_keys");
    if (parameters.get("separators") == null) {
      this.itemSeparator = indent == null ? ", " : ",";
      this.keySeparator = ": ";
    } else if (parameters.get("separators") instanceof List<?> pair && pair.size() == 2) {
      this.itemSeparator = PyText.str(pair.get(0));
      this.keySeparator = PyText.str(pair.get(1));
    } else {
      throw new RenderException("tojson: 'separators' must be a pair of strings");
    }
  }

  static String filter(Object value, Args args) {
    JsonText json = new JsonText(args.bind(0, "ensure_ascii", "indent", "separators", "sort_keys"));
    json.write(value, 0);
    return json.out.toString();
  }

  private static String indent(Object indent) {
    if (indent == null || PyTypes.isString(indent)) {
      return indent == null ? null : PyText.str(indent);
    } else if (indent instanceof Long || indent instanceof Boolean) {
      long width = Math.max(0, PyNumber.integer(indent));
      Limits.chars(width);
      return " ".repeat((int) width);
    }
    throw new RenderException("tojson: 'indent' must be a number or a string");
  }

  private void write(Object value, int depth) {
    Limits.chars(out.length());
    if (value == null) {
      out.append("null");
    } else if (value instanceof Boolean || value instanceof Long || value instanceof BigInteger) {
      out.append(value);
    } else if (value instanceof Double number) {
      out.append(number(number));
    } else if (PyTypes.isString(value)) {
      quote(PyText.str(value));
    } else if (value instanceof Map<?, ?> map) {
      object(map, depth);
    } else if (value instanceof List<?> list && !(value instanceof Range)) {
      array(list, depth);
    } else {
      throw new RenderException("tojson: " + PyTypes.name(value) + " is not JSON serializable");
    }
  }

  private static String number(double number) {
    if (Double.isFinite(number)) {
      return PyText.number(number);
    }
    return Double.isNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
  }

  private void array(List<?> list, int depth) {
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
  }

  private void object(Map<?, ?> map, int depth) {
    List<Map.Entry<?, ?>> sorted = new ArrayList<>(map.entrySet());
    if (sortKeys) {
      sorted.sort((a, b) -> PyOrder.compare(a.getKey(), b.getKey()));
    }
    out.append('{');
    for (Iterator<Map.Entry<?, ?>> entries = sorted.iterator(); entries.hasNext(); ) {
      Map.Entry<?, ?> entry = entries.next();
      newline(depth + 1);
      quote(key(entry.getKey()));
      out.append(keySeparator);
      write(entry.getValue(), depth + 1);
      if (entries.hasNext()) {
        out.append(itemSeparator);
      } else {
        newline(depth);
      }
    }
    out.append('}');
  }

  private static String key(Object key) {
    if (key == null) {
      return "null";
    } else if (key instanceof Boolean || key instanceof Long) {
      return key.toString();
    } else if (key instanceof Double number) {
      return number(number);
    } else if (PyTypes.isString(key)) {
      return PyText.str(key);
    }
    throw new RenderException("tojson: a key cannot be " + PyTypes.name(key));
  }

  private void newline(int depth) {
    if (indent != null) {
      out.append('\n').append(indent.repeat(depth));
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
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
