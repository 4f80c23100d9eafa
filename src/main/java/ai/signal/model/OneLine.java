package ai.signal.model;

/** Texts of users' files inside messages: one line of bounded length, whatever the file holds. */
public final class OneLine {
  /** Most messages are under 300; lists of allowed keys reach a thousand. */
  private static final int LONGEST = 2000;

  private static final int KEPT_AT_END = 400;

  private OneLine() {}

  /** A whole message: without its middle where it is too long, since its end says what to do. */
  public static String message(String text) {
    return text.length() <= LONGEST
        ? printable(text)
        : printable(text.substring(0, LONGEST - KEPT_AT_END))
            + " ... "
            + printable(text.substring(text.length() - KEPT_AT_END));
  }

  /** The beginning of a name or value. */
  public static String cut(String text, int length) {
    return text.length() <= length ? printable(text) : printable(text.substring(0, length)) + "...";
  }

  /** With a question mark for each control character, line separator and half surrogate. */
  private static String printable(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints().map(c -> isPrintable(c) ? c : '?').forEach(line::appendCodePoint);
    return line.toString();
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
