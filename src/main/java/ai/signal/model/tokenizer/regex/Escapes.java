package ai.signal.model.tokenizer.regex;

/** Reads what follows a backslash and stands for one character of a set. */
final class Escapes {
  /** Letters and digits with a meaning that is not known to be bounded, or of no use here. */
  private static final String SHORT = "tnrfvae";

  private static final String SHORT_VALUES = "\t\n\r\f\u000b\u0007\u001b";

  private Escapes() {}

  /** A set that a letter names, as {@code \s} and {@code \p{L}}; null where it names none. */
  static CodePoints set(Source source) throws PatternException {
    return switch (source.peek()) {
      case 's' -> taken(source, Properties.space());
      case 'S' -> taken(source, Properties.space().not());
      case 'd' -> taken(source, Properties.digit());
      case 'D' -> taken(source, Properties.digit().not());
      case 'w' -> taken(source, Properties.word());
      case 'W' -> taken(source, Properties.word().not());
      case 'p', 'P' -> property(source);
      default -> null;
    };
  }

  private static CodePoints taken(Source source, CodePoints set) throws PatternException {
    source.next();
    return set;
  }

  private static CodePoints property(Source source) throws PatternException {
    boolean negated = source.next() == 'P';
    source.expect("{");
    if (source.take("^")) {
      negated = !negated;
    }
    CodePoints set = Properties.named(source.until('}'));
    return negated ? set.not() : set;
  }

  /** One character, as {@code \n}, {@code \x{4e00}} and {@code \.}. */
  static int character(Source source) throws PatternException {
    int c = source.next();
    int index = SHORT.indexOf(c);
    if (index >= 0) {
      return SHORT_VALUES.charAt(index);
    }
    if (c == 'x') {
      return source.take("{") ? number(source.until('}'), 8) : digits(source, 2);
    }
    if (c == 'u') {
      return digits(source, 4);
    }
    if (c < 0x80 && Character.isLetterOrDigit(c)) {
      throw new PatternException(
          "has '\\" + Character.toString(c) + "', which is not known to be bounded");
    }
    return c;
  }

  private static int digits(Source source, int count) throws PatternException {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < count; i++) {
      hex.appendCodePoint(source.next());
    }
    return number(hex.toString(), count);
  }

  private static int number(String hex, int most) throws PatternException {
    boolean valid = hex.length() <= most && hex.matches("[0-9a-fA-F]+");
    long value = valid ? Long.parseLong(hex, 16) : -1;
    if (value < 0 || value > Character.MAX_CODE_POINT || (value >= 0xd800 && value < 0xe000)) {
      throw new PatternException("has the code point '" + hex + "', which does not exist");
    }
    return (int) value;
  }
}
