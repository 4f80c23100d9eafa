package ai.signal.chat;

/** Python's {@code strip}: white space, or the characters given, from either end. */
final class Strip {
  private Strip() {}

  /**
   * @param chars null for white space
   */
  static String both(Work work, String text, String chars) {
    int end = end(work, text, chars);
    return work.part(text, start(work, text, chars, end), end);
  }

  static String left(Work work, String text, String chars) {
    return work.part(text, start(work, text, chars, text.length()));
  }

  static String right(Work work, String text, String chars) {
    return work.part(text, 0, end(work, text, chars));
  }

  private static int start(Work work, String text, String chars, int end) {
    int start = 0;
    while (start < end && strips(work, text.codePointAt(start), chars)) {
      start += Character.charCount(text.codePointAt(start));
    }
    return start;
  }

  private static int end(Work work, String text, String chars) {
    int end = text.length();
    while (end > 0 && strips(work, text.codePointBefore(end), chars)) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return end;
  }

  private static boolean strips(Work work, int c, String chars) {
    work.read(chars == null ? 1 : 1 + chars.length());
    return chars == null ? PyChars.isSpace(c) : chars.indexOf(c) >= 0;
  }
}
