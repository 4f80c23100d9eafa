package ai.signal.chat;

import java.util.List;
import java.util.Map;

/** Expressions into values; a failure is reported at the innermost expression that failed. */
final class Evaluator {
  private final Work work;
  private final String source;

  /** Start of the expression that was evaluated last. */
  private int last;

  Evaluator(Work work, String source) {
    this.work = work;
    this.source = source;
  }

  Object value(Expr expr, Scope scope) {
    try {
      last = expr.at();
      work.beginEvaluation();
      Object value = evaluate(expr, scope);
      work.endEvaluation();
      return value;
    } catch (RenderException e) {
      throw failure(e, expr.at());
    }
  }

  ChatTemplateException failure(RenderException e, int at) {
    return ChatTemplateException.failed(e, Position.of(source, at));
  }

  /** A failure of a statement, reported at the expression before it. */
  ChatTemplateException failure(RenderException e) {
    return failure(e, last);
  }

  boolean truth(Expr expr, Scope scope) {
    return PyTypes.truth(value(expr, scope));
  }

  private Object evaluate(Expr expr, Scope scope) {
    if (expr instanceof Expr.Literal literal) {
      return literal.value();
    } else if (expr instanceof Expr.Name name) {
      return scope.get(name.name());
    } else if (expr instanceof Expr.Attribute attribute) {
      return PyItems.attribute(work, value(attribute.object(), scope), attribute.name());
    } else if (expr instanceof Expr.Item item) {
      return PyItems.item(work, value(item.object(), scope), value(item.index(), scope));
    } else if (expr instanceof Expr.Filter filter) {
      Object value = value(filter.value(), scope);
      return Filters.apply(filter.name(), value, args(filter.name(), filter.arguments(), scope));
    } else if (expr instanceof Expr.Test test) {
      Object value = value(test.value(), scope);
      return Tests.test(test.name(), value, args(test.name(), test.arguments(), scope));
    } else if (expr instanceof Expr.Call call) {
      return call(call, scope);
    } else if (expr instanceof Expr.BlockText) {
      return scope.get(Interpreter.BLOCK_TEXT);
    } else if (expr instanceof Expr.Slice slice) {
      return PyItems.slice(
          work,
          value(slice.object(), scope),
          value(slice.start(), scope),
          value(slice.stop(), scope),
          value(slice.step(), scope));
    }
    return literal(expr, scope);
  }

  private Object literal(Expr expr, Scope scope) {
    if (expr instanceof Expr.ListOf list) {
      return values(list.items(), scope);
    } else if (expr instanceof Expr.TupleOf tuple) {
      return work.tupleOf(values(tuple.items(), scope));
    } else if (expr instanceof Expr.DictOf dict) {
      PyDict map = work.dict();
      for (Map.Entry<Expr, Expr> entry : dict.entries()) {
        Object key = value(entry.getKey(), scope);
        map.put(key, value(entry.getValue(), scope));
      }
      return map;
    } else if (expr instanceof Expr.Concat concat) {
      Text text = work.text();
      for (Expr part : concat.parts()) {
        text.append(PyText.str(work, value(part, scope)));
      }
      return text.toString();
    }
    return logic(expr, scope);
  }

  private Object logic(Expr expr, Scope scope) {
    if (expr instanceof Expr.Not not) {
      return !truth(not.operand(), scope);
    } else if (expr instanceof Expr.And and) {
      Object left = value(and.left(), scope);
      return PyTypes.truth(left) ? value(and.right(), scope) : left;
    } else if (expr instanceof Expr.Or or) {
      Object left = value(or.left(), scope);
      return PyTypes.truth(left) ? left : value(or.right(), scope);
    } else if (expr instanceof Expr.Conditional conditional) {
      if (truth(conditional.test(), scope)) {
        return value(conditional.then(), scope);
      }
      return conditional.otherwise().isPresent()
          ? value(conditional.otherwise().get(), scope)
          : new Undefined("an inline 'if' was false and has no 'else'");
    } else if (expr instanceof Expr.Compare compare) {
      return compare(compare, scope);
    } else if (expr instanceof Expr.Unary unary) {
      Object operand = value(unary.operand(), scope);
      return unary.operator().equals("-") ? PyNumber.negate(operand) : PyNumber.plus(operand);
    }
    Expr.Binary binary = (Expr.Binary) expr;
    return arithmetic(binary.operator(), value(binary.left(), scope), value(binary.right(), scope));
  }

  private Object arithmetic(String operator, Object left, Object right) {
    return switch (operator) {
      case "+" -> PyNumber.add(work, left, right);
      case "-" -> PyNumber.subtract(left, right);
      case "*" -> PyNumber.multiply(work, left, right);
      case "/" -> PyNumber.divide(left, right);
      case "//" -> PyNumber.floorDivide(left, right);
      case "%" -> PyNumber.modulo(work, left, right);
      default -> PyNumber.power(left, right);
    };
  }

  private boolean compare(Expr.Compare compare, Scope scope) {
    Object left = value(compare.first(), scope);
    for (Expr.Operand operand : compare.operands()) {
      Object right = value(operand.value(), scope);
      if (!holds(operand.operator(), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private boolean holds(String operator, Object left, Object right) {
    return switch (operator) {
      case "==" -> PyOrder.equal(work, left, right);
      case "!=" -> !PyOrder.equal(work, left, right);
      case "<" -> PyOrder.compare(work, left, right) < 0;
      case "<=" -> PyOrder.compare(work, left, right) <= 0;
      case ">" -> PyOrder.compare(work, left, right) > 0;
      case ">=" -> PyOrder.compare(work, left, right) >= 0;
      case "in" -> PyOrder.contains(work, right, left);
      default -> !PyOrder.contains(work, right, left);
    };
  }

  private Object call(Expr.Call call, Scope scope) {
    Object callee = value(call.callee(), scope);
    Args args = args(name(call.callee()), call.arguments(), scope);
    return call(callee, args);
  }

  static Object call(Object callee, Args args) {
    if (callee instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (callee instanceof PyFunction function) {
      return function.call(args);
    }
    throw new RenderException(
        "'"
            + PyText.shortened(args.callee())
            + "' is "
            + PyTypes.name(callee)
            + ", which cannot be called");
  }

  private static String name(Expr callee) {
    if (callee instanceof Expr.Name name) {
      return name.name();
    }
    return callee instanceof Expr.Attribute attribute ? attribute.name() : "call";
  }

  Args args(String callee, Expr.Arguments arguments, Scope scope) {
    PyList positional = values(arguments.positional(), scope);
    PyDict named = work.dict();
    arguments.named().forEach(entry -> named.put(entry.getKey(), value(entry.getValue(), scope)));
    arguments.more().ifPresent(more -> positional.addAll(work.listOf(value(more, scope))));
    arguments.moreNamed().ifPresent(more -> addNamed(value(more, scope), callee, named));
    return new Args(work, callee, positional, named);
  }

  private static void addNamed(Object more, String callee, PyDict named) {
    if (!(more instanceof Map<?, ?> map)) {
      throw new RenderException("** takes a dict, not " + PyTypes.name(more));
    }
    map.forEach(
        (name, value) -> {
          if (!(name instanceof String text) || named.containsKey(name)) {
            throw new RenderException(callee + " cannot take the argument " + PyText.shown(name));
          }
          named.put(text, value);
        });
  }

  private PyList values(List<Expr> exprs, Scope scope) {
    PyList values = work.list();
    exprs.forEach(expr -> values.add(value(expr, scope)));
    return values;
  }
}
