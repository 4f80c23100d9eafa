package ai.signal.chat;

/** Python's {@code strip}: white space, or the characters given, from either end. */
final class Strip {
  private Strip() {}

  /**
   * @param chars null for white space
   */
  static String both(String text, String chars) {
    return right(left(text, chars), chars);
  }

  static String left(String text, String chars) {
    int start = 0;
    while (start < text.length() && strips(text.codePointAt(start), chars)) {
      start += Character.charCount(text.codePointAt(start));
    }
    return text.substring(start);
  }

  static String right(String text, String chars) {
    int end = text.length();
    while (end > 0 && strips(text.codePointBefore(end), chars)) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return text.substring(0, end);
  }

  private static boolean strips(int c, String chars) {
    return chars == null ? PyChars.isSpace(c) : chars.indexOf(c) >= 0;
  }
}
