package ai.signal.model.tokenizer.regex;

/** Reads a class of characters after its {@code [}: ranges, escapes, nested classes, {@code &&}. */
final class ClassParser {
  private static final int MAX_DEPTH = 4;

  private final Source source;
  private final boolean anyCase;

  ClassParser(Source source, boolean anyCase) {
    this.source = source;
    this.anyCase = anyCase;
  }

  CodePoints parse() throws PatternException {
    return parse(1);
  }

  private CodePoints parse(int depth) throws PatternException {
    if (depth > MAX_DEPTH) {
      throw new PatternException("nests classes more than " + MAX_DEPTH + " deep");
    }
    boolean negated = source.take("^");
    if (source.peek() == ']') {
      throw new PatternException("has an empty class");
    }
    CodePoints all = null;
    CodePoints part = CodePoints.NONE;
    while (!source.take("]")) {
      if (source.take("&&")) {
        all = all == null ? part : all.and(part);
        part = CodePoints.NONE;
      } else if (source.take("[:")) {
        part = part.or(posix());
      } else if (source.take("[")) {
        part = part.or(parse(depth + 1));
      } else {
        part = part.or(item());
      }
    }
    CodePoints set = all == null ? part : all.and(part);
    return negated ? set.not() : set;
  }

  private CodePoints posix() throws PatternException {
    boolean negated = source.take("^");
    CodePoints set = Properties.named(source.until(':'));
    source.expect("]");
    return negated ? set.not() : set;
  }

  private CodePoints item() throws PatternException {
    if (source.take("\\")) {
      CodePoints set = Escapes.set(source);
      return set != null ? set : range(Escapes.character(source));
    }
    return range(source.next());
  }

  private CodePoints range(int from) throws PatternException {
    int to = from;
    boolean isRange = source.peek() == '-' && source.peek(1) != ']' && source.peek(1) != Source.END;
    if (isRange) {
      source.next();
      if (source.peek() == '[' || source.peek() == '&') {
        throw new PatternException("has a range without an end");
      }
      if (source.take("\\")) {
        if (Escapes.set(source) != null) {
          throw new PatternException("has a range that ends with a class");
        }
        to = Escapes.character(source);
      } else {
        to = source.next();
      }
    }
    if (to < from) {
      throw new PatternException("has a range whose end comes before its start");
    }
    CodePoints set = CodePoints.range(from, to);
    return anyCase ? set.anyCase() : set;
  }
}
