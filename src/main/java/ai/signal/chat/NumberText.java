package ai.signal.chat;

/** Texts that Python's {@code int} and {@code float} read, apart from names such as inf. */
final class NumberText {
  private NumberText() {}

  /** Digits, single underscores between them, and perhaps a sign. */
  static boolean isInteger(String text) {
    int start = sign(text, 0);
    int end = digits(text, start);
    return end > start && end == text.length();
  }

  /** Such digits with a point, an exponent, both or neither. */
  static boolean isFloat(String text) {
    int start = sign(text, 0);
    int point = digits(text, start);
    int end = point;
    if (text.startsWith(".", point)) {
      end = digits(text, point + 1);
    }
    if (point == start && end <= point + 1) {
      return false;
    }
    if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
      int exponent = sign(text, end + 1);
      end = exponent;
      while (isDigit(text, end)) {
        end++;
      }
      return end > exponent && end == text.length();
    }
    return end == text.length();
  }

  private static int sign(String text, int at) {
    return text.startsWith("-", at) || text.startsWith("+", at) ? at + 1 : at;
  }

  /** Returns the end of digits with single underscores between them. */
  private static int digits(String text, int from) {
    int at = from;
    while (isDigit(text, at) || (at > from && text.startsWith("_", at) && isDigit(text, at + 1))) {
      at++;
    }
    return at;
  }

  private static boolean isDigit(String text, int at) {
    return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }
}
