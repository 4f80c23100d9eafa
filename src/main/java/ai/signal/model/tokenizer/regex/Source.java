package ai.signal.model.tokenizer.regex;

/** The characters of a pattern, read from left to right. */
final class Source {
  static final int END = -1;

  private final int[] characters;
  private int position;

  Source(String pattern) {
    this.characters = pattern.codePoints().toArray();
  }

  /** The next character, which stays, or {@link #END}. */
  int peek() {
    return peek(0);
  }

  int peek(int ahead) {
    return position + ahead < characters.length ? characters[position + ahead] : END;
  }

  int next() throws PatternException {
    if (position >= characters.length) {
      throw new PatternException("ends too early");
    }
    return characters[position++];
  }

  /** Takes a text if it comes next. */
  boolean take(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (peek(i) != text.charAt(i)) {
        return false;
      }
    }
    position += text.length();
    return true;
  }

  void expect(String text) throws PatternException {
    if (!take(text)) {
      throw new PatternException("has no '" + text + "' after character " + position);
    }
  }

  /** Takes characters up to a delimiter, and the delimiter. */
  String until(char end) throws PatternException {
    StringBuilder text = new StringBuilder();
    for (int c = next(); c != end; c = next()) {
      text.appendCodePoint(c);
    }
    return text.toString();
  }
}
