package ai.signal.chat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** One rendering: statements into text. */
final class Interpreter {
  /** A name that no template can spell: the text of the innermost filter or set block. */
  static final String BLOCK_TEXT = " text";

  private final Evaluator evaluator;
  private final StringBuilder output = new StringBuilder();
  private final List<Rendered.Span> generated = new ArrayList<>();
  private int callDepth;

  Interpreter(String source) {
    this.evaluator = new Evaluator(source);
  }

  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  Rendered render(List<Node> template, Scope globals) {
    run(template, new Scope(globals), output);
    return new Rendered(output.toString(), List.copyOf(generated));
  }

  private Flow run(List<Node> nodes, Scope scope, StringBuilder out) {
    for (Node node : nodes) {
      Flow flow = run(node, scope, out);
      if (flow != Flow.NEXT) {
        return flow;
      }
    }
    return Flow.NEXT;
  }

  private Flow run(Node node, Scope scope, StringBuilder out) {
    if (node instanceof Node.Text text) {
      out.append(text.text());
    } else if (node instanceof Node.Output print) {
      print(print.value(), scope, out);
    } else if (node instanceof Node.If choice) {
      return choose(choice, scope, out);
    } else if (node instanceof Node.With with) {
      return with(with, scope, out);
    } else if (node instanceof Node.Set set) {
      assign(set.at(), set.target(), evaluator.value(set.value(), scope), scope);
    } else if (node instanceof Node.For loop) {
      Object items = evaluator.value(loop.iterable(), scope);
      loop(loop, items, 0, scope, out);
    } else if (node instanceof Node.Break) {
      return Flow.BREAK;
    } else if (node instanceof Node.Continue) {
      return Flow.CONTINUE;
    } else if (node instanceof Node.Generation generation) {
      generate(generation, scope, out);
    } else {
      define(node, scope, out);
    }
    return Flow.NEXT;
  }

  private void define(Node node, Scope scope, StringBuilder out) {
    if (node instanceof Node.MacroDefinition macro) {
      scope.set(macro.name(), new Macro(macro.name(), macro.callable(), scope, this));
    } else if (node instanceof Node.SetBlock set) {
      Scope inside = blockText(set.body(), scope);
      assign(set.at(), set.target(), evaluator.value(set.value(), inside), scope);
    } else if (node instanceof Node.FilterBlock filter) {
      print(filter.value(), blockText(filter.body(), scope), out);
    } else if (node instanceof Node.CallBlock block) {
      callBlock(block, scope, out);
    }
  }

  private void print(Expr value, Scope scope, StringBuilder out) {
    Object printed = evaluator.value(value, scope);
    try {
      out.append(PyText.str(printed));
      Limits.chars(out.length());
    } catch (RenderException e) {
      throw evaluator.failure(e, value.at());
    }
  }

  private Flow choose(Node.If choice, Scope scope, StringBuilder out) {
    for (Node.Branch branch : choice.branches()) {
      if (evaluator.truth(branch.test(), scope)) {
        return run(branch.body(), scope, out);
      }
    }
    return run(choice.otherwise(), scope, out);
  }

  private Flow with(Node.With with, Scope scope, StringBuilder out) {
    Scope inside = new Scope(scope);
    for (int i = 0; i < with.targets().size(); i++) {
      Object value = evaluator.value(with.values().get(i), scope);
      assign(with.at(), with.targets().get(i), value, inside);
    }
    return run(with.body(), inside, out);
  }

  /** A scope that knows the text of a body, which has a scope of its own. */
  private Scope blockText(List<Node> body, Scope scope) {
    StringBuilder text = new StringBuilder();
    run(body, new Scope(scope), text);
    Scope inside = new Scope(scope);
    inside.set(BLOCK_TEXT, text.toString());
    return inside;
  }

  private void loop(Node.For loop, Object items, int depth, Scope scope, StringBuilder out) {
    try {
      PyFunction recursion =
          loop.recursive() ? args -> recurse(loop, args, depth + 1, scope) : null;
      LoopContext context = new LoopContext(tested(loop, items, scope), depth, recursion);
      boolean completed = false;
      while (context.hasNext()) {
        evaluator.step();
        Scope inside = new Scope(scope);
        assign(loop.at(), loop.target(), context.next(), inside);
        inside.set("loop", context);
        Flow flow = run(loop.body(), inside, out);
        if (flow == Flow.BREAK) {
          break;
        }
        // As in jinja2, an iteration that continue cut short does not count for else.
        completed |= flow == Flow.NEXT;
      }
      if (!completed) {
        run(loop.otherwise(), new Scope(scope), out);
      }
    } catch (RenderException e) {
      throw evaluator.failure(e, loop.iterable().at());
    }
  }

  /** The items that pass the loop's own {@code if}, looked for one by one as jinja2 does. */
  private Object tested(Node.For loop, Object items, Scope scope) {
    if (loop.test().isEmpty()) {
      return items;
    }
    Iterator<?> all = PyTypes.iterate(items);
    return new ItemFilters.Selected(
        all,
        item -> {
          Scope inside = new Scope(scope);
          assign(loop.at(), loop.target(), item, inside);
          return evaluator.truth(loop.test().get(), inside);
        });
  }

  private Object recurse(Node.For loop, Args args, int depth, Scope scope) {
    StringBuilder text = new StringBuilder();
    Object items = args.bind(1, "iterable").get("iterable");
    deeper(() -> loop(loop, items, depth, scope, text));
    return text.toString();
  }

  private void generate(Node.Generation generation, Scope scope, StringBuilder out) {
    if (out != output) {
      throw evaluator.failure(
          new RenderException(
              "a generation block inside of a macro, a block or another generation block has no"
                  + " place of its own in the text"),
          generation.at());
    }
    StringBuilder text = new StringBuilder();
    run(generation.body(), new Scope(scope), text);
    generated.add(new Rendered.Span(out.length(), out.length() + text.length()));
    out.append(text);
  }

  private void callBlock(Node.CallBlock block, Scope scope, StringBuilder out) {
    Expr.Call call = block.call();
    Object callee = evaluator.value(call.callee(), scope);
    try {
      Args args = evaluator.args("call", call.arguments(), scope);
      args.named().put("caller", new Macro("caller", block.caller(), scope, this));
      out.append(PyText.str(Evaluator.call(callee, args)));
    } catch (RenderException e) {
      throw evaluator.failure(e, call.at());
    }
  }

  /** Renders the body of a macro; parameters without an argument get their defaults first. */
  String call(Node.Callable definition, List<Node.Parameter> missing, Scope inside) {
    StringBuilder text = new StringBuilder();
    deeper(
        () -> {
          for (Node.Parameter parameter : missing) {
            Object value =
                parameter.absent().isPresent()
                    ? evaluator.value(parameter.absent().get(), inside)
                    : new Undefined("parameter '" + parameter.name() + "' was not provided");
            inside.set(parameter.name(), value);
          }
          run(definition.body(), inside, text);
        });
    return text.toString();
  }

  private void deeper(Runnable body) {
    if (++callDepth > Limits.MAX_CALL_DEPTH) {
      throw new RenderException(
          "macros or loops that call themselves more than " + Limits.MAX_CALL_DEPTH + " deep");
    }
    body.run();
    callDepth--;
  }

  private void assign(int at, Node.Target target, Object value, Scope scope) {
    try {
      assign(target, value, scope);
    } catch (RenderException e) {
      throw evaluator.failure(e, at);
    }
  }

  private static void assign(Node.Target target, Object value, Scope scope) {
    if (target instanceof Node.Target.Variable variable) {
      scope.set(variable.name(), value);
    } else if (target instanceof Node.Target.NamespaceAttribute attribute) {
      if (!(scope.get(attribute.namespace()) instanceof Namespace namespace)) {
        throw new RenderException(
            "cannot assign '%s.%s': '%s' is not a namespace"
                .formatted(attribute.namespace(), attribute.attribute(), attribute.namespace()));
      }
      namespace.set(attribute.attribute(), value);
    } else {
      List<Node.Target> targets = ((Node.Target.Several) target).targets();
      List<Object> values = ListFilters.listOf(value);
      if (values.size() != targets.size()) {
        throw new RenderException(
            "cannot assign " + values.size() + " values to " + targets.size() + " names");
      }
      for (int i = 0; i < values.size(); i++) {
        assign(targets.get(i), values.get(i), scope);
      }
    }
  }
}
