package ai.signal.chat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/** One rendering: statements into text. */
final class Interpreter {
  /** A name that no template can spell: the text of the innermost filter or set block. */
  static final String BLOCK_TEXT = " text";

  private final Work work;
  private final Evaluator evaluator;
  private final Text output;

  /** The scopes, texts and loops of the statements under way, from the outermost on. */
  private final Deque<Object> underWay = new ArrayDeque<>();

  private final List<Rendered.Span> generated = new ArrayList<>();
  private int callDepth;

  Interpreter(Work work, String source) {
    this.work = work;
    this.output = work.text();
    this.evaluator = new Evaluator(work, source);
  }

  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  /**
   * Renders a template.
   *
   * @throws ChatTemplateException whatever fails
   */
  Rendered render(List<Node> template, Scope globals) {
    try {
      Scope scope = new Scope(globals);
      underWay.push(output);
      underWay.push(scope);
      run(template, scope, output);
      String text = output.toString();
      Surrogates.check(text);
      return new Rendered(text, generated);
    } catch (RenderException e) {
      throw evaluator.failure(e);
    } catch (ChatTemplateException e) {
      throw e;
    } catch (RuntimeException e) {
      throw evaluator.failure(RenderException.defect(e));
    } catch (StackOverflowError e) {
      throw evaluator.failure(RenderException.limit("it is nested too deeply"));
    } catch (OutOfMemoryError e) {
      throw evaluator.failure(RenderException.limit("it takes more memory than this JVM has"));
    }
  }

  private Flow run(List<Node> nodes, Scope scope, Text out) {
    for (Node node : nodes) {
      audit();
      Flow flow = run(node, scope, out);
      if (flow != Flow.NEXT) {
        return flow;
      }
    }
    return Flow.NEXT;
  }

  /** Values in use are known only between statements that no expression waits for. */
  private void audit() {
    if (work.isAuditDue() && work.isIdle()) {
      Audit.of(work, underWay);
    }
  }

  private Flow run(Node node, Scope scope, Text out) {
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

  private void define(Node node, Scope scope, Text out) {
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

  private void print(Expr value, Scope scope, Text out) {
    Object printed = evaluator.value(value, scope);
    try {
      out.append(PyText.str(work, printed));
    } catch (RenderException e) {
      throw evaluator.failure(e, value.at());
    }
  }

  private Flow choose(Node.If choice, Scope scope, Text out) {
    for (Node.Branch branch : choice.branches()) {
      if (evaluator.truth(branch.test(), scope)) {
        return run(branch.body(), scope, out);
      }
    }
    return run(choice.otherwise(), scope, out);
  }

  private Flow with(Node.With with, Scope scope, Text out) {
    Scope inside = new Scope(scope);
    underWay.push(inside);
    for (int i = 0; i < with.targets().size(); i++) {
      Object value = evaluator.value(with.values().get(i), scope);
      assign(with.at(), with.targets().get(i), value, inside);
    }
    Flow flow = run(with.body(), inside, out);
    underWay.pop();
    return flow;
  }

  /** A scope that knows the text of a body, which has a scope of its own. */
  private Scope blockText(List<Node> body, Scope scope) {
    String text = captured(body, scope);
    Scope inside = new Scope(scope);
    inside.set(BLOCK_TEXT, text);
    return inside;
  }

  /** The text of a body, which has a scope of its own. */
  private String captured(List<Node> body, Scope scope) {
    Text text = work.text();
    Scope inside = new Scope(scope);
    underWay.push(text);
    underWay.push(inside);
    run(body, inside, text);
    underWay.pop();
    underWay.pop();
    return text.toString();
  }

  private void loop(Node.For loop, Object items, int depth, Scope scope, Text out) {
    try {
      Function<Args, Object> recursion =
          loop.recursive() ? args -> recurse(loop, args, depth + 1, scope) : null;
      LoopContext context = new LoopContext(work, tested(loop, items, scope), depth, recursion);
      underWay.push(context);
      boolean completed = false;
      while (context.hasNext()) {
        audit();
        Scope inside = new Scope(scope);
        underWay.push(inside);
        assign(loop.at(), loop.target(), context.next(), inside);
        inside.set("loop", context);
        Flow flow = run(loop.body(), inside, out);
        underWay.pop();
        if (flow == Flow.BREAK) {
          break;
        }
        // As in jinja2, an iteration that continue cut short does not count for else.
        completed |= flow == Flow.NEXT;
      }
      underWay.pop();
      if (!completed) {
        Scope inside = new Scope(scope);
        underWay.push(inside);
        run(loop.otherwise(), inside, out);
        underWay.pop();
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
    return Generator.selected(
        work,
        work.iterate(items), // what cannot be iterated fails before the loop begins
        null,
        item -> {
          Scope inside = new Scope(scope);
          assign(loop.at(), loop.target(), item, inside);
          return evaluator.truth(loop.test().get(), inside);
        });
  }

  private Object recurse(Node.For loop, Args args, int depth, Scope scope) {
    Text text = work.text();
    Object items = args.bind(1, "iterable").get("iterable");
    deeper(() -> loop(loop, items, depth, scope, text));
    return text.toString();
  }

  private void generate(Node.Generation generation, Scope scope, Text out) {
    if (out != output) {
      throw evaluator.failure(
          new RenderException(
              "a generation block inside of a macro, a block or another generation block has no"
                  + " place of its own in the text"),
          generation.at());
    }
    String text = captured(generation.body(), scope);
    generated.add(new Rendered.Span(out.length(), out.length() + text.length()));
    out.append(text);
  }

  private void callBlock(Node.CallBlock block, Scope scope, Text out) {
    Expr.Call call = block.call();
    Object callee = evaluator.value(call.callee(), scope);
    try {
      Args args = evaluator.args("call", call.arguments(), scope);
      args.named().put("caller", new Macro("caller", block.caller(), scope, this));
      work.beginEvaluation();
      out.append(PyText.str(work, Evaluator.call(callee, args)));
      work.endEvaluation();
    } catch (RenderException e) {
      throw evaluator.failure(e, call.at());
    }
  }

  /** Renders the body of a macro; parameters without an argument get their defaults first. */
  String call(Node.Callable definition, List<Node.Parameter> missing, Scope inside) {
    Text text = work.text();
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
      throw RenderException.limit(
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

  private void assign(Node.Target target, Object value, Scope scope) {
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
      List<Object> values = work.listOf(value);
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
