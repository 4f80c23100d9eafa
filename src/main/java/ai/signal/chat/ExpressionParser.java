package ai.signal.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Expressions, by jinja2's grammar and precedences. */
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> AFTER_TEST = Set.of("else", "or", "and");

  private final TokenStream tokens;
  private final SpecialNames specials;
  private int depth;

  ExpressionParser(TokenStream tokens, SpecialNames specials) {
    this.tokens = tokens;
    this.specials = specials;
  }

  Expr expression() {
    return conditional();
  }

  /** One expression, or several with commas between them: a tuple. */
  Expr tuple(boolean conditionals) {
    int at = tokens.current().at();
    List<Expr> items = new ArrayList<>();
    boolean several = false;
    while (true) {
      if (!items.isEmpty()) {
        tokens.expectOperator(",");
      }
      if (atTupleEnd()) {
        break;
      }
      items.add(conditionals ? expression() : or());
      if (!tokens.atOperator(",")) {
        break;
      }
      several = true;
    }
    if (several) {
      return new Expr.TupleOf(at, items);
    } else if (items.isEmpty()) {
      throw tokens.failure("expected an expression, got " + tokens.current().shown(), at);
    }
    return items.get(0);
  }

  private boolean atTupleEnd() {
    return tokens.at(TokenType.OUTPUT_END)
        || tokens.at(TokenType.BLOCK_END)
        || tokens.atOperator(")")
        || tokens.atName("recursive");
  }

  private Expr conditional() {
    int at = tokens.current().at();
    Expr expr = or();
    while (tokens.skipName("if")) {
      Expr test = or();
      Optional<Expr> otherwise =
          tokens.skipName("else") ? Optional.of(nested(this::conditional)) : Optional.empty();
      expr = new Expr.Conditional(at, test, expr, otherwise);
    }
    return expr;
  }

  private Expr or() {
    Expr left = and();
    while (tokens.atName("or")) {
      int at = tokens.take().at();
      left = new Expr.Or(at, left, and());
    }
    return left;
  }

  private Expr and() {
    Expr left = not();
    while (tokens.atName("and")) {
      int at = tokens.take().at();
      left = new Expr.And(at, left, not());
    }
    return left;
  }

  private Expr not() {
    if (tokens.atName("not")) {
      int at = tokens.take().at();
      return new Expr.Not(at, nested(this::not));
    }
    return compare();
  }

  private Expr compare() {
    int at = tokens.current().at();
    Expr first = sum();
    List<Expr.Operand> operands = new ArrayList<>();
    while (true) {
      Token token = tokens.current();
      if (token.type() == TokenType.OPERATOR && COMPARISONS.contains(token.text())) {
        tokens.take();
        operands.add(new Expr.Operand((String) token.text(), sum()));
      } else if (tokens.skipName("in")) {
        operands.add(new Expr.Operand("in", sum()));
      } else if (tokens.atName("not") && tokens.look().isName("in")) {
        tokens.take();
        tokens.take();
        operands.add(new Expr.Operand("not in", sum()));
      } else {
        return operands.isEmpty() ? first : new Expr.Compare(at, first, operands);
      }
    }
  }

  private Expr sum() {
    Expr left = concat();
    while (tokens.atOperator("+") || tokens.atOperator("-")) {
      Token operator = tokens.take();
      left = new Expr.Binary(operator.at(), (String) operator.text(), left, concat());
    }
    return left;
  }

  private Expr concat() {
    int at = tokens.current().at();
    List<Expr> parts = new ArrayList<>();
    parts.add(product());
    while (tokens.skipOperator("~")) {
      parts.add(product());
    }
    return parts.size() == 1 ? parts.get(0) : new Expr.Concat(at, parts);
  }

  private Expr product() {
    Expr left = power();
    while (tokens.atOperator("*")
        || tokens.atOperator("/")
        || tokens.atOperator("//")
        || tokens.atOperator("%")) {
      Token operator = tokens.take();
      left = new Expr.Binary(operator.at(), (String) operator.text(), left, power());
    }
    return left;
  }

  private Expr power() {
    Expr left = unary(true);
    while (tokens.atOperator("**")) {
      int at = tokens.take().at();
      left = new Expr.Binary(at, "**", left, unary(true));
    }
    return left;
  }

  private Expr unary(boolean withFilters) {
    Token token = tokens.current();
    Expr expr;
    if (token.isOperator("-") || token.isOperator("+")) {
      tokens.take();
      expr = new Expr.Unary(token.at(), (String) token.text(), nested(() -> unary(false)));
    } else {
      expr = primary();
    }
    expr = postfix(expr);
    return withFilters ? filtered(expr) : expr;
  }

  private Expr primary() {
    Token token = tokens.current();
    switch (token.type()) {
      case NAME -> {
        tokens.take();
        return name(token);
      }
      case STRING -> {
        StringBuilder text = new StringBuilder();
        while (tokens.at(TokenType.STRING)) {
          text.append(tokens.take().text());
        }
        return new Expr.Literal(token.at(), text.toString());
      }
      case INTEGER, FLOAT -> {
        tokens.take();
        return new Expr.Literal(token.at(), token.text());
      }
      default -> {
        if (tokens.skipOperator("(")) {
          return nested(this::parenthesized);
        } else if (tokens.skipOperator("[")) {
          return nested(() -> new Expr.ListOf(token.at(), items("]")));
        } else if (tokens.skipOperator("{")) {
          return nested(() -> dict(token.at()));
        }
        throw tokens.failure("unexpected " + token.shown(), token.at());
      }
    }
  }

  private Expr name(Token token) {
    String name = (String) token.text();
    return switch (name) {
      case "true", "True" -> new Expr.Literal(token.at(), true);
      case "false", "False" -> new Expr.Literal(token.at(), false);
      case "none", "None" -> new Expr.Literal(token.at(), null);
      default -> {
        specials.mentioned(name);
        yield new Expr.Name(token.at(), name);
      }
    };
  }

  private Expr parenthesized() {
    int at = tokens.current().at();
    Expr expr = tokens.atOperator(")") ? new Expr.TupleOf(at, List.of()) : tuple(true);
    tokens.expectOperator(")");
    return expr;
  }

  private List<Expr> items(String close) {
    List<Expr> items = new ArrayList<>();
    while (!tokens.skipOperator(close)) {
      if (!items.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.skipOperator(close)) {
          break;
        }
      }
      items.add(expression());
    }
    return items;
  }

  private Expr dict(int at) {
    List<Map.Entry<Expr, Expr>> entries = new ArrayList<>();
    while (!tokens.skipOperator("}")) {
      if (!entries.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.skipOperator("}")) {
          break;
        }
      }
      Expr key = expression();
      tokens.expectOperator(":");
      entries.add(Map.entry(key, expression()));
    }
    return new Expr.DictOf(at, entries);
  }

  private Expr postfix(Expr start) {
    Expr expr = start;
    while (true) {
      if (tokens.atOperator(".")) {
        expr = dotted(expr);
      } else if (tokens.atOperator("[")) {
        expr = subscript(expr);
      } else if (tokens.atOperator("(")) {
        expr = call(expr);
      } else {
        return expr;
      }
    }
  }

  private Expr dotted(Expr object) {
    int at = tokens.take().at();
    Token name = tokens.take();
    return switch (name.type()) {
      case NAME -> new Expr.Attribute(at, object, (String) name.text());
      case INTEGER -> new Expr.Item(at, object, new Expr.Literal(name.at(), name.text()));
      default -> throw tokens.failure("expected a name or number, got " + name.shown(), name.at());
    };
  }

  private Expr subscript(Expr object) {
    int at = tokens.take().at();
    return nested(
        () -> {
          Expr start = none(at);
          if (!tokens.atOperator(":")) {
            start = expression();
            if (tokens.skipOperator("]")) {
              return new Expr.Item(at, object, start);
            }
          }
          Token colon = tokens.current();
          if (!tokens.skipOperator(":")) {
            throw tokens.failure("expected ']' or ':', got " + colon.shown(), colon.at());
          }
          Expr stop = tokens.atOperator(":") || tokens.atOperator("]") ? none(at) : expression();
          Expr step = none(at);
          if (tokens.skipOperator(":") && !tokens.atOperator("]")) {
            step = expression();
          }
          tokens.expectOperator("]");
          return new Expr.Slice(at, object, start, stop, step);
        });
  }

  private static Expr none(int at) {
    return new Expr.Literal(at, null);
  }

  private Expr call(Expr callee) {
    int at = tokens.current().at();
    return new Expr.Call(at, callee, arguments());
  }

  private Expr.Arguments arguments() {
    int at = tokens.expectOperator("(").at();
    List<Expr> positional = new ArrayList<>();
    List<Map.Entry<String, Expr>> named = new ArrayList<>();
    Optional<Expr> more = Optional.empty();
    Optional<Expr> moreNamed = Optional.empty();
    boolean first = true;
    while (!tokens.skipOperator(")")) {
      if (!first) {
        tokens.expectOperator(",");
        if (tokens.skipOperator(")")) {
          break;
        }
      }
      first = false;
      boolean inOrder = moreNamed.isEmpty();
      if (tokens.skipOperator("*")) {
        inOrder &= more.isEmpty();
        more = Optional.of(nested(this::expression));
      } else if (tokens.skipOperator("**")) {
        moreNamed = Optional.of(nested(this::expression));
      } else if (tokens.at(TokenType.NAME) && tokens.look().isOperator("=")) {
        String name = (String) tokens.take().text();
        tokens.take();
        named.add(Map.entry(name, nested(this::expression)));
      } else {
        inOrder &= more.isEmpty() && named.isEmpty();
        positional.add(nested(this::expression));
      }
      if (!inOrder) {
        throw tokens.failure("invalid syntax for function call expression", at);
      }
    }
    return new Expr.Arguments(positional, named, more, moreNamed);
  }

  /** Filters and tests behind an expression. */
  private Expr filtered(Expr start) {
    Expr expr = start;
    while (true) {
      if (tokens.skipOperator("|")) {
        expr = filter(expr);
      } else if (tokens.atName("is")) {
        expr = test(expr);
      } else if (tokens.atOperator("(")) {
        expr = call(expr);
      } else {
        return expr;
      }
    }
  }

  /** A filter, from its name on. */
  Expr filter(Expr value) {
    Token token = tokens.expect(TokenType.NAME);
    String name = dottedName(token);
    if (!Filters.names().contains(name)) {
      throw tokens.failure(Filters.unknown(name), token.at());
    }
    Expr.Arguments arguments = tokens.atOperator("(") ? arguments() : Expr.Arguments.NONE;
    return new Expr.Filter(token.at(), value, name, arguments);
  }

  private String dottedName(Token first) {
    StringBuilder name = new StringBuilder((String) first.text());
    while (tokens.skipOperator(".")) {
      name.append('.').append(tokens.expect(TokenType.NAME).text());
    }
    return name.toString();
  }

  private Expr test(Expr value) {
    int at = tokens.take().at();
    boolean negated = tokens.skipName("not");
    Token token = tokens.expect(TokenType.NAME);
    String name = dottedName(token);
    if (!Tests.names().contains(name)) {
      throw tokens.failure(Tests.unknown(name), token.at());
    }
    Expr.Arguments arguments = Expr.Arguments.NONE;
    if (tokens.atOperator("(")) {
      arguments = arguments();
    } else if (startsPrimary()) {
      if (tokens.atName("is")) {
        throw tokens.failure("tests cannot be chained with 'is'", tokens.current().at());
      }
      List<Expr> one = List.of(postfix(primary()));
      arguments = new Expr.Arguments(one, List.of(), Optional.empty(), Optional.empty());
    }
    Expr test = new Expr.Test(token.at(), value, name, arguments);
    return negated ? new Expr.Not(at, test) : test;
  }

  private boolean startsPrimary() {
    return switch (tokens.current().type()) {
      case NAME -> !AFTER_TEST.contains(tokens.current().text());
      case STRING, INTEGER, FLOAT -> true;
      default -> tokens.atOperator("[") || tokens.atOperator("{");
    };
  }

  /** Reads with {@code inner}, one level deeper. */
  <T> T nested(Supplier<T> inner) {
    if (++depth > Limits.MAX_NESTING) {
      throw tokens.failure(
          "expressions nested more than " + Limits.MAX_NESTING + " deep", tokens.current().at());
    }
    T read = inner.get();
    depth--;
    return read;
  }
}
