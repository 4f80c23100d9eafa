package ai.signal.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The arguments of a call of a function, method, filter or test.
 *
 * @param work counts what the call does
 * @param callee what is called, for messages
 */
record Args(Work work, String callee, List<Object> positional, Map<Object, Object> named) {

  /** Counts the texts that an operation on a value is given. */
  void read(Object value) {
    work.readAll(value);
    for (Object argument : positional) {
      work.readAll(argument);
    }
    for (Object argument : named.values()) {
      work.readAll(argument);
    }
  }

  /** The arguments for another callee, without the first. */
  Args rest(String other) {
    return new Args(work, other, positional.subList(1, positional.size()), named);
  }

  /** Gives every argument its parameter. */
  Bound bind(int required, String... parameters) {
    if (positional.size() > parameters.length) {
      throw new RenderException(
          callee + " takes at most " + parameters.length + " arguments, not " + positional.size());
    }
    Map<String, Object> bound = new LinkedHashMap<>();
    for (int i = 0; i < positional.size(); i++) {
      bound.put(parameters[i], positional.get(i));
    }
    List<String> known = List.of(parameters);
    named.forEach(
        (name, value) -> {
          if (!known.contains(name)) {
            throw new RenderException(
                callee
                    + " has no parameter '"
                    + PyText.shortened((String) name)
                    + "' (known: "
                    + String.join(", ", known)
                    + ")");
          }
          if (bound.containsKey(name)) {
            throw new RenderException(callee + " got '" + name + "' twice");
          }
          bound.put((String) name, value);
        });
    for (int i = 0; i < required; i++) {
      if (!bound.containsKey(parameters[i])) {
        throw new RenderException(callee + " needs the argument '" + parameters[i] + "'");
      }
    }
    return new Bound(callee, bound);
  }

  /** Arguments by the names of their parameters. */
  record Bound(String callee, Map<String, Object> values) {

    Object get(String name) {
      return values.get(name);
    }

    Object get(String name, Object absent) {
      return values.containsKey(name) ? values.get(name) : absent;
    }

    boolean flag(String name) {
      return PyTypes.truth(get(name, false));
    }

    long integer(String name, long absent) {
      return integer(name, get(name, absent));
    }

    /** A string, or null where the argument is absent or None. */
    String textOrNull(String name) {
      return get(name) == null ? null : text(name);
    }

    String text(String name) {
      Object value = get(name);
      if (value instanceof Markup markup) {
        return markup.text();
      }
      if (value instanceof String text) {
        return text;
      }
      throw wrong(name, value, "a string");
    }

    private long integer(String name, Object value) {
      if (value instanceof Boolean flag) {
        return flag ? 1 : 0;
      }
      if (value instanceof Long number) {
        return number;
      }
      throw wrong(name, value, "an integer");
    }

    private RenderException wrong(String name, Object value, String wanted) {
      if (value instanceof Undefined undefined) {
        return undefined.failure();
      }
      return new RenderException(
          callee + ": '" + name + "' must be " + wanted + ", not " + PyTypes.name(value));
    }
  }
}
