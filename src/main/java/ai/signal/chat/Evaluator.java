package ai.signal.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Expressions into values; a failure is reported at the innermost expression that failed. */
final class Evaluator {
  private final String source;
  private long steps;

  Evaluator(String source) {
    this.source = source;
  }

  Object value(Expr expr, Scope scope) {
    try {
      step();
      return evaluate(expr, scope);
    } catch (RenderException e) {
      throw failure(e, expr.at());
    }
  }

  ChatTemplateException failure(RenderException e, int at) {
    return ChatTemplateException.failed(e, Position.of(source, at));
  }

  void step() {
    if (++steps > Limits.MAX_STEPS) {
      throw new RenderException("more than " + Limits.MAX_STEPS + " steps");
    }
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
      return PyItems.attribute(value(attribute.object(), scope), attribute.name());
    } else if (expr instanceof Expr.Item item) {
      return PyItems.item(value(item.object(), scope), value(item.index(), scope));
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
      return new Tuple(values(tuple.items(), scope));
    } else if (expr instanceof Expr.DictOf dict) {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (Map.Entry<Expr, Expr> entry : dict.entries()) {
        Object key = value(entry.getKey(), scope);
        PyItems.put(map, key, value(entry.getValue(), scope));
      }
      return map;
    } else if (expr instanceof Expr.Concat concat) {
      StringBuilder text = new StringBuilder();
      for (Expr part : concat.parts()) {
        text.append(PyText.str(value(part, scope)));
        Limits.chars(text.length());
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

  private static Object arithmetic(String operator, Object left, Object right) {
    return switch (operator) {
      case "+" -> PyNumber.add(left, right);
      case "-" -> PyNumber.subtract(left, right);
      case "*" -> PyNumber.multiply(left, right);
      case "/" -> PyNumber.divide(left, right);
      case "//" -> PyNumber.floorDivide(left, right);
      case "%" -> PyNumber.modulo(left, right);
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

  private static boolean holds(String operator, Object left, Object right) {
    return switch (operator) {
      case "==" -> PyOrder.equal(left, right);
      case "!=" -> !PyOrder.equal(left, right);
      case "<" -> PyOrder.compare(left, right) < 0;
      case "<=" -> PyOrder.compare(left, right) <= 0;
      case ">" -> PyOrder.compare(left, right) > 0;
      case ">=" -> PyOrder.compare(left, right) >= 0;
      case "in" -> PyOrder.contains(right, left);
      default -> !PyOrder.contains(right, left);
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
        "'" + args.callee() + "' is " + PyTypes.name(callee) + ", which cannot be called");
  }

  private static String name(Expr callee) {
    if (callee instanceof Expr.Name name) {
      return name.name();
    }
    return callee instanceof Expr.Attribute attribute ? attribute.name() : "call";
  }

  Args args(String callee, Expr.Arguments arguments, Scope scope) {
    List<Object> positional = values(arguments.positional(), scope);
    Map<String, Object> named = new LinkedHashMap<>();
    arguments.named().forEach(entry -> named.put(entry.getKey(), value(entry.getValue(), scope)));
    arguments.more().ifPresent(more -> positional.addAll(ListFilters.listOf(value(more, scope))));
    arguments.moreNamed().ifPresent(more -> addNamed(value(more, scope), callee, named));
    return new Args(callee, positional, named);
  }

  private static void addNamed(Object more, String callee, Map<String, Object> named) {
    if (!(more instanceof Map<?, ?> map)) {
      throw new RenderException("** takes a dict, not " + PyTypes.name(more));
    }
    map.forEach(
        (name, value) -> {
          if (!(name instanceof String text) || named.containsKey(name)) {
            throw new RenderException(callee + " cannot take the argument " + PyText.repr(name));
          }
          named.put(text, value);
        });
  }

  private List<Object> values(List<Expr> exprs, Scope scope) {
    List<Object> values = new ArrayList<>(exprs.size());
    exprs.forEach(expr -> values.add(value(expr, scope)));
    return values;
  }
}
