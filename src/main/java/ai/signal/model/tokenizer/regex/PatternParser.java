package ai.signal.model.tokenizer.regex;

import java.util.ArrayList;
import java.util.List;

/**
 * Parses the part of Oniguruma's syntax that tokenizers use. Refused are back references, calls,
 * conditions, absent operators, callouts, {@code \G \K \R \X} and everything else that is not known
 * to be bounded.
 */
final class PatternParser {
  private static final int MAX_DEPTH = 12;
  private static final int MAX_REPEAT = 1000;

  /** Each set has a bit for each character of Unicode. */
  private static final int MAX_SETS = 400;

  private final Source source;
  private int depth;
  private int sets;
  private boolean anyCase;
  private boolean dotAll;

  PatternParser(String pattern) {
    this.source = new Source(pattern);
  }

  Node parse() throws PatternException {
    Node root = choice();
    if (source.peek() != Source.END) {
      throw new PatternException("has a ')' without '('");
    }
    return root;
  }

  private Node choice() throws PatternException {
    leadingOptions();
    List<Node> branches = new ArrayList<>();
    do {
      branches.add(sequence());
    } while (source.take("|"));
    return branches.size() == 1 ? branches.get(0) : new Node.Choice(List.copyOf(branches));
  }

  private Node sequence() throws PatternException {
    List<Node> items = new ArrayList<>();
    while (source.peek() != Source.END && source.peek() != '|' && source.peek() != ')') {
      items.add(repeated(item()));
    }
    return items.size() == 1 ? items.get(0) : new Node.Sequence(List.copyOf(items));
  }

  private Node item() throws PatternException {
    int c = source.next();
    return switch (c) {
      case '(' -> group();
      case '[' -> chars(new ClassParser(source, anyCase).parse());
      case '.' -> chars(dotAll ? CodePoints.ALL : CodePoints.of('\n').not());
      case '^', '$' -> new Node.Anchor();
      case '\\' -> escape();
      case '*', '+', '?' ->
          throw new PatternException("has '" + (char) c + "' with nothing to repeat");
      case '{' -> throw new PatternException("has '{' that is not a repetition; write '\\{'");
      default -> literal(c);
    };
  }

  private Node escape() throws PatternException {
    if (source.peek() != Source.END && "bBAzZ".indexOf(source.peek()) >= 0) {
      source.next();
      return new Node.Anchor();
    }
    CodePoints set = Escapes.set(source);
    return set == null ? literal(Escapes.character(source)) : chars(set);
  }

  private Node literal(int c) throws PatternException {
    CodePoints set = CodePoints.of(c);
    return chars(anyCase ? set.anyCase() : set);
  }

  private Node chars(CodePoints set) throws PatternException {
    if (set.surely().size() > 4096 && ++sets > MAX_SETS) {
      throw new PatternException("has more than " + MAX_SETS + " classes of characters");
    }
    return new Node.Chars(set);
  }

  private Node group() throws PatternException {
    if (++depth > MAX_DEPTH) {
      throw new PatternException("nests groups more than " + MAX_DEPTH + " deep");
    }
    boolean outerCase = anyCase;
    boolean outerDot = dotAll;
    Node node;
    if (!source.take("?")) {
      if (source.peek() == '*') {
        throw new PatternException("has a callout");
      }
      node = choice();
    } else if (source.take(":")) {
      node = choice();
    } else if (source.take(">")) {
      node = new Node.Atomic(choice());
    } else if (source.take("=") || source.take("!")) {
      node = new Node.Look(choice(), false);
    } else if (source.take("<=") || source.take("<!")) {
      node = behind(choice());
    } else {
      node = withOptions();
    }
    source.expect(")");
    anyCase = outerCase;
    dotAll = outerDot;
    depth--;
    return node;
  }

  private static Node behind(Node body) throws PatternException {
    if (hasUnbounded(body)) {
      throw new PatternException("has a lookbehind of unbounded length");
    }
    return new Node.Look(body, true);
  }

  private static boolean hasUnbounded(Node node) {
    return Backtracking.work(node, false).degree() > 0;
  }

  /** {@code (?i:...)}. */
  private Node withOptions() throws PatternException {
    options();
    source.expect(":");
    return choice();
  }

  /** {@code (?i)} at the start of a pattern or group, where it holds for all branches. */
  private void leadingOptions() throws PatternException {
    boolean leading = source.peek() == '(' && source.peek(1) == '?';
    int end = 2;
    while (leading && "im-".indexOf(Math.max(0, source.peek(end))) >= 0) {
      end++;
    }
    if (leading && end > 2 && source.peek(end) == ')') {
      source.expect("(?");
      options();
      source.expect(")");
    }
  }

  private void options() throws PatternException {
    boolean on = true;
    boolean any = false;
    for (; source.peek() != ':' && source.peek() != ')'; any = true) {
      int option = source.next();
      switch (option) {
        case '-' -> on = false;
        case 'i' -> anyCase = on;
        case 'm' -> dotAll = on;
        default ->
            throw new PatternException(
                "has '(?" + Character.toString(option) + "', which is not known to be bounded");
      }
    }
    if (!any) {
      throw new PatternException("has a group without options");
    }
  }

  private Node repeated(Node node) throws PatternException {
    Node repeated = node;
    for (int times = 0; ; times++) {
      Node.Repeat next = repetition(repeated);
      if (next == null) {
        return repeated;
      }
      if (times >= 3) {
        throw new PatternException("repeats repetitions");
      }
      repeated = next;
    }
  }

  private Node.Repeat repetition(Node body) throws PatternException {
    int least = 0;
    int most = Node.Repeat.UNBOUNDED;
    boolean interval = false;
    switch (source.peek()) {
      case '*' -> source.next();
      case '+' -> {
        source.next();
        least = 1;
      }
      case '?' -> {
        source.next();
        most = 1;
      }
      case '{' -> {
        source.next();
        interval = true;
        least = source.peek() == ',' ? 0 : number();
        boolean range = source.take(",");
        if (!range) {
          most = least;
        } else if (source.peek() != '}') {
          most = number();
        }
        source.expect("}");
        if (most < least || most == 0 || (!range && source.peek() == '?')) {
          throw new PatternException("has a repetition that Oniguruma reads in another way");
        }
      }
      default -> {
        return null;
      }
    }
    if (body instanceof Node.Look || body instanceof Node.Anchor) {
      throw new PatternException("repeats a condition");
    }
    if (source.take("?")) {
      return new Node.Repeat(body, least, most, false);
    }
    boolean possessive = !interval && source.take("+");
    return new Node.Repeat(body, least, most, possessive);
  }

  private int number() throws PatternException {
    int value = 0;
    int digits = 0;
    while (source.peek() >= '0' && source.peek() <= '9') {
      value = value * 10 + source.next() - '0';
      if (++digits > 4) {
        break;
      }
    }
    if (digits == 0 || value > MAX_REPEAT) {
      throw new PatternException("has a repetition that is not a number from 0 to " + MAX_REPEAT);
    }
    return value;
  }
}
