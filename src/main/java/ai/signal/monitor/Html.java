package ai.signal.monitor;

/** Text as HTML. */
final class Html {
  private Html() {}

  /** Safe as an element's content and as a quoted attribute's value. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.codePoints().forEach(character -> append(escaped, character));
    return escaped.toString();
  }

  private static void append(StringBuilder escaped, int character) {
    switch (character) {
      case '&' -> escaped.append("&amp;");
      case '<' -> escaped.append("&lt;");
      case '>' -> escaped.append("&gt;");
      case '"' -> escaped.append("&quot;");
      case '\'' -> escaped.append("&#39;");
      default -> {
        boolean control =
            Character.isISOControl(character) && character != '\n' && character != '\t';
        boolean half = character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
        escaped.appendCodePoint(control || half ? '\uFFFD' : character);
      }
    }
  }
}
