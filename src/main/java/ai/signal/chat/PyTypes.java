package ai.signal.chat;

import java.math.BigInteger;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Properties of a value in Python: its type's name, truth, length and iteration. */
final class PyTypes {
  private PyTypes() {}

  static String name(Object value) {
    if (value == null) {
      return "None";
    } else if (value instanceof Undefined) {
      return "Undefined";
    } else if (value instanceof Boolean) {
      return "bool";
    } else if (value instanceof Long || value instanceof BigInteger) {
      return "int";
    } else if (value instanceof Double) {
      return "float";
    } else if (value instanceof String) {
      return "str";
    } else if (value instanceof Markup) {
      return "Markup";
    } else if (value instanceof Tuple) {
      return "tuple";
    } else if (value instanceof Range) {
      return "range";
    } else if (value instanceof List) {
      return "list";
    } else if (value instanceof Map) {
      return "dict";
    } else if (value instanceof DictView view) {
      return view.kind();
    } else if (value instanceof Iterator) {
      return "generator";
    } else if (value instanceof Namespace) {
      return "namespace";
    } else if (value instanceof LoopContext) {
      return "loop";
    }
    return "function";
  }

  static boolean truth(Object value) {
    if (value == null || value instanceof Undefined) {
      return false;
    } else if (value instanceof Boolean flag) {
      return flag;
    } else if (value instanceof Long number) {
      return number != 0;
    } else if (value instanceof Double number) {
      return number != 0;
    } else if (value instanceof String text) {
      return !text.isEmpty();
    } else if (value instanceof Markup markup) {
      return !markup.text().isEmpty();
    } else if (isSized(value)) {
      return length(value) > 0;
    }
    return true;
  }

  static boolean isSized(Object value) {
    return isString(value)
        || value instanceof List
        || value instanceof Map
        || value instanceof DictView
        || value instanceof LoopContext
        || value instanceof Undefined;
  }

  static boolean isString(Object value) {
    return value instanceof String || value instanceof Markup;
  }

  static long length(Object value) {
    if (value instanceof String text) {
      return text.codePointCount(0, text.length());
    } else if (value instanceof Markup markup) {
      return length(markup.text());
    } else if (value instanceof List<?> list) {
      return list.size();
    } else if (value instanceof Map<?, ?> map) {
      return map.size();
    } else if (value instanceof DictView view) {
      return view.items().size();
    } else if (value instanceof LoopContext loop) {
      return loop.length();
    } else if (value instanceof Undefined) {
      return 0;
    }
    throw new RenderException(name(value) + " has no length");
  }

  static boolean isIterable(Object value) {
    return isSized(value) || value instanceof Iterator;
  }

  /**
   * The items of a collection, the keys of a dict, the characters of a string; only {@link
   * Work#iterate} calls this, which counts them.
   */
  static Iterator<?> iterator(Work work, Object value) {
    if (value instanceof Iterator<?> iterator) {
      return iterator;
    } else if (value instanceof List<?> list) {
      return list.iterator();
    } else if (value instanceof Map<?, ?> map) {
      return map.keySet().iterator();
    } else if (value instanceof DictView view) {
      return view.items().iterator();
    } else if (value instanceof String text) {
      return characters(work, text);
    } else if (value instanceof Markup markup) {
      return characters(work, markup.text());
    } else if (value instanceof Undefined) {
      return Collections.emptyIterator();
    }
    throw new RenderException(name(value) + " is not iterable");
  }

  private static Iterator<String> characters(Work work, String text) {
    return text.codePoints()
        .mapToObj(
            c -> {
              work.allocate(Size.TEXT);
              return Character.toString(c);
            })
        .iterator();
  }
}
