package ai.signal.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * A macro, or the body of a call block, with the variables that it sees where it is defined.
 *
 * @param name for messages
 */
record Macro(String name, Node.Callable definition, Scope scope, Interpreter interpreter)
    implements PyFunction {

  @Override
  public Object call(Args args) {
    Scope inside = new Scope(scope);
    List<Node.Parameter> parameters = definition.parameters();
    PyDict named = args.work().dict();
    named.addAll(args.named());
    List<Node.Parameter> missing = new ArrayList<>();
    int given = Math.min(args.positional().size(), parameters.size());
    for (int i = 0; i < parameters.size(); i++) {
      String parameter = parameters.get(i).name();
      if (i < given) {
        inside.set(parameter, args.positional().get(i));
      } else if (named.containsKey(parameter)) {
        inside.set(parameter, named.remove(parameter));
      } else {
        missing.add(parameters.get(i));
      }
    }
    bindSpecials(args, given, named, inside);
    return interpreter.call(definition, missing, inside);
  }

  private void bindSpecials(Args args, int given, PyDict named, Scope inside) {
    List<Object> rest = args.positional().subList(given, args.positional().size());
    boolean declared =
        definition.parameters().stream().anyMatch(parameter -> parameter.name().equals("caller"));
    if (definition.uses().contains("caller") && !declared) {
      Object caller = named.remove("caller");
      inside.set("caller", caller == null ? new Undefined("No caller defined") : caller);
    }
    if (definition.uses().contains("kwargs")) {
      inside.set("kwargs", named);
    } else if (!named.isEmpty()) {
      throw new RenderException(
          "macro '%s' takes no keyword argument %s"
              .formatted(name, PyText.shown(named.keySet().iterator().next())));
    }
    if (definition.uses().contains("varargs")) {
      inside.set("varargs", args.work().tuple(rest.toArray()));
    } else if (!rest.isEmpty()) {
      throw new RenderException(
          "macro '%s' takes not more than %d argument(s)"
              .formatted(name, definition.parameters().size()));
    }
  }
}
