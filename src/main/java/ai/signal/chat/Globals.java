package ai.signal.chat;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The functions that transformers gives every chat template. */
final class Globals {
  /** jinja2's others: refused, where an unknown name would silently be undefined. */
  private static final Set<String> UNKNOWN = Set.of("cycler", "joiner", "lipsum");

  private static final String KNOWN = "dict, namespace, raise_exception, range, strftime_now";

  private Globals() {}

  static Map<String, Object> functions(Supplier<LocalDateTime> now) {
    Map<String, Object> functions = new HashMap<>();
    functions.put("range", Method.function(Globals::range));
    functions.put("namespace", Method.function(Globals::namespace));
    functions.put("dict", Method.function(Globals::entries));
    functions.put("raise_exception", Method.function(Globals::raiseException));
    functions.put(
        "strftime_now",
        Method.function(
            args ->
                Strftime.format(args.work(), now.get(), args.bind(1, "format").text("format"))));
    for (String name : UNKNOWN) {
      functions.put(
          name,
          Method.function(
              args -> {
                throw new RenderException(
                    "the function '%s' is not known here (known: %s)".formatted(name, KNOWN));
              }));
    }
    return functions;
  }

  private static Object range(Args args) {
    Args.Bound bound = args.bind(1, "start", "stop", "step");
    long first = bound.integer("start", 0);
    return bound.values().size() == 1
        ? new Range(0, first, 1)
        : new Range(first, bound.integer("stop", 0), bound.integer("step", 1));
  }

  private static Object namespace(Args args) {
    Namespace namespace = new Namespace(args.work());
    for (Map.Entry<?, ?> entry : entries(args).entrySet()) {
      namespace.set(PyText.str(args.work(), entry.getKey()), entry.getValue());
    }
    return namespace;
  }

  private static PyDict entries(Args args) {
    PyDict entries = args.work().dict();
    if (args.positional().size() > 1) {
      throw new RenderException(args.callee() + " takes at most 1 positional argument");
    }
    for (Object source : args.positional()) {
      if (source instanceof Map<?, ?> map) {
        entries.addAll(map);
      } else {
        for (Object pair : args.work().listOf(source)) {
          if (!(pair instanceof List<?> two) || two.size() != 2) {
            throw new RenderException(args.callee() + " takes a dict or a list of pairs");
          }
          entries.put(two.get(0), two.get(1));
        }
      }
    }
    entries.addAll(args.named());
    return entries;
  }

  private static Object raiseException(Args args) {
    throw RenderException.raisedByTemplate(
        PyText.str(args.work(), args.bind(1, "message").get("message")));
  }
}
