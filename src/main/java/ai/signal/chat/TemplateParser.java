package ai.signal.chat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A template into statements. */
final class TemplateParser {
  private static final String KNOWN_TAGS =
      "break, call, continue, filter, for, generation, if, macro, raw, set, with";
  private static final Set<String> CONSTANTS =
      Set.of("true", "True", "false", "False", "none", "None");

  private final TokenStream tokens;
  private final SpecialNames specials = new SpecialNames();
  private final ExpressionParser expressions;

  /**
   * For each body: true if break and continue have a loop to act on; false in bodies that are
   * called later.
   */
  private final Deque<Boolean> loops = new ArrayDeque<>();

  private boolean hasGeneration;

  private int depth;

  private TemplateParser(String source) {
    this.tokens = new TokenStream(source);
    this.expressions = new ExpressionParser(tokens, specials);
  }

  /**
   * @param source as {@link Lexer#normalized} gives it
   */
  static Parsed parse(String source) {
    TemplateParser parser = new TemplateParser(source);
    return new Parsed(parser.statements(), parser.hasGeneration);
  }

  /** A template, and whether it has generation blocks. */
  record Parsed(List<Node> nodes, boolean hasGeneration) {}

  /** Statements up to the block that begins with one of the names, or to the end without any. */
  private List<Node> statements(String... ends) {
    if (++depth > Limits.MAX_NESTING) {
      throw tokens.failure(
          "blocks are nested too deeply, more than " + Limits.MAX_NESTING + " levels",
          tokens.current().at());
    }
    List<Node> body = listed(ends);
    depth--;
    return body;
  }

  private List<Node> listed(String... ends) {
    List<Node> body = new ArrayList<>();
    while (true) {
      switch (tokens.current().type()) {
        case TEXT -> body.add(new Node.Text((String) tokens.take().text()));
        case OUTPUT_BEGIN -> {
          tokens.take();
          body.add(new Node.Output(expressions.tuple(true)));
          tokens.expect(TokenType.OUTPUT_END);
        }
        case BLOCK_BEGIN -> {
          Token name = tokens.look();
          if (name.type() == TokenType.NAME && Arrays.asList(ends).contains(name.text())) {
            tokens.take();
            return body;
          }
          tokens.take();
          body.add(statement(ends));
          tokens.expect(TokenType.BLOCK_END);
        }
        default -> {
          if (ends.length > 0) {
            throw tokens.failure(
                "unexpected end of the template; expected " + shown(ends), tokens.current().at());
          }
          return body;
        }
      }
    }
  }

  private static String shown(String[] ends) {
    return "{% " + String.join(" %} or {% ", ends) + " %}";
  }

  private Node statement(String[] ends) {
    Token tag = tokens.expect(TokenType.NAME);
    return switch ((String) tag.text()) {
      case "set" -> set(tag.at());
      case "if" -> ifElse();
      case "for" -> forLoop(tag.at());
      case "macro" -> macro();
      case "call" -> callBlock();
      case "filter" -> filterBlock(tag.at());
      case "with" -> with(tag.at());
      case "generation" -> generation(tag.at());
      case "break" -> inLoop(tag, new Node.Break());
      case "continue" -> inLoop(tag, new Node.Continue());
      default ->
          throw tokens.failure(
              "the tag '%s' is not known here (known: %s)%s"
                  .formatted(
                      tag.text(),
                      KNOWN_TAGS,
                      ends.length == 0 ? "" : "; open is a block that ends with " + shown(ends)),
              tag.at());
    };
  }

  private Node generation(int at) {
    hasGeneration = true;
    return new Node.Generation(at, closed("endgeneration"));
  }

  private Node inLoop(Token tag, Node node) {
    if (!Boolean.TRUE.equals(loops.peek())) {
      throw tokens.failure("'" + tag.text() + "' stands in no loop", tag.at());
    }
    return node;
  }

  /** A body up to its end, rendered where it stands. */
  private List<Node> body(String... ends) {
    tokens.skipOperator(":");
    tokens.expect(TokenType.BLOCK_END);
    return statements(ends);
  }

  /** A body that becomes a text of its own first, so that no loop around it can be left. */
  private List<Node> closed(String end) {
    loops.push(false);
    List<Node> body = body(end);
    tokens.expectName(end);
    loops.pop();
    return body;
  }

  private Node set(int at) {
    Node.Target target = target(true, "=", "|");
    if (tokens.skipOperator("=")) {
      return new Node.Set(at, target, expressions.tuple(true));
    }
    Expr value = new Expr.BlockText(at);
    while (tokens.skipOperator("|")) {
      value = expressions.filter(value);
    }
    return new Node.SetBlock(at, target, value, closed("endset"));
  }

  private Node ifElse() {
    List<Node.Branch> branches = new ArrayList<>();
    List<Node> otherwise = List.of();
    do {
      Expr test = expressions.tuple(false);
      branches.add(new Node.Branch(test, body("elif", "else", "endif")));
    } while (tokens.skipName("elif"));
    if (tokens.skipName("else")) {
      otherwise = body("endif");
    }
    tokens.expectName("endif");
    return new Node.If(branches, otherwise);
  }

  private Node forLoop(int at) {
    Node.Target target = target(false, "in");
    tokens.expectName("in");
    Expr iterable = expressions.tuple(false);
    Optional<Expr> test =
        tokens.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
    boolean recursive = tokens.skipName("recursive");
    loops.push(true);
    List<Node> body = body("endfor", "else");
    loops.pop();
    List<Node> otherwise = tokens.skipName("else") ? body("endfor") : List.of();
    tokens.expectName("endfor");
    return new Node.For(at, target, iterable, test, recursive, body, otherwise);
  }

  private Node macro() {
    String name = variable(tokens.expect(TokenType.NAME));
    specials.enter();
    List<Node.Parameter> parameters = parameters();
    List<Node> body = closed("endmacro");
    return new Node.MacroDefinition(name, new Node.Callable(parameters, body, specials.leave()));
  }

  private Node callBlock() {
    int at = tokens.current().at();
    List<Node.Parameter> parameters = tokens.atOperator("(") ? parameters() : List.of();
    if (!(expressions.expression() instanceof Expr.Call call)) {
      throw tokens.failure("expected a call", at);
    }
    specials.enter();
    List<Node> body = closed("endcall");
    return new Node.CallBlock(call, new Node.Callable(parameters, body, specials.leave()));
  }

  private List<Node.Parameter> parameters() {
    tokens.expectOperator("(");
    List<Node.Parameter> parameters = new ArrayList<>();
    Set<String> names = new HashSet<>();
    boolean defaults = false;
    while (!tokens.skipOperator(")")) {
      if (!parameters.isEmpty()) {
        tokens.expectOperator(",");
      }
      Token token = tokens.expect(TokenType.NAME);
      String name = variable(token);
      if (!names.add(name)) {
        throw tokens.failure("two parameters '" + name + "'", token.at());
      }
      Optional<Expr> absent =
          tokens.skipOperator("=") ? Optional.of(expressions.expression()) : Optional.empty();
      if (defaults && absent.isEmpty()) {
        throw tokens.failure("a parameter without default follows one with default", token.at());
      }
      defaults = absent.isPresent();
      parameters.add(new Node.Parameter(name, absent));
    }
    return parameters;
  }

  private Node filterBlock(int at) {
    Expr value = expressions.filter(new Expr.BlockText(at));
    while (tokens.skipOperator("|")) {
      value = expressions.filter(value);
    }
    return new Node.FilterBlock(value, closed("endfilter"));
  }

  private Node with(int at) {
    List<Node.Target> targets = new ArrayList<>();
    List<Expr> values = new ArrayList<>();
    while (!tokens.at(TokenType.BLOCK_END)) {
      if (!targets.isEmpty()) {
        tokens.expectOperator(",");
      }
      targets.add(new Node.Target.Variable(variable(tokens.expect(TokenType.NAME))));
      tokens.expectOperator("=");
      values.add(expressions.expression());
    }
    List<Node> body = body("endwith");
    tokens.expectName("endwith");
    return new Node.With(at, targets, values, body);
  }

  /** A name, or several with commas between them and perhaps in parentheses. */
  private Node.Target target(boolean namespaces, String... ends) {
    List<Node.Target> targets = new ArrayList<>();
    boolean several = false;
    do {
      Token token = tokens.current();
      if (several
          && (token.type() != TokenType.NAME || Arrays.asList(ends).contains(token.text()))
          && !token.isOperator("(")) {
        break;
      }
      targets.add(oneTarget(namespaces));
      several |= tokens.atOperator(",");
    } while (tokens.skipOperator(","));
    return several ? new Node.Target.Several(targets) : targets.get(0);
  }

  private Node.Target oneTarget(boolean namespaces) {
    if (tokens.skipOperator("(")) {
      Node.Target inner = expressions.nested(() -> target(namespaces, ")"));
      tokens.expectOperator(")");
      return inner;
    }
    String name = variable(tokens.expect(TokenType.NAME));
    if (namespaces && tokens.skipOperator(".")) {
      return new Node.Target.NamespaceAttribute(
          name, (String) tokens.expect(TokenType.NAME).text());
    }
    return new Node.Target.Variable(name);
  }

  private String variable(Token token) {
    if (CONSTANTS.contains(token.text())) {
      throw tokens.failure("cannot assign to '" + token.text() + "'", token.at());
    }
    return (String) token.text();
  }
}
