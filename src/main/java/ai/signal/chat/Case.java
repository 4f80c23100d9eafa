package ai.signal.chat;

import java.util.Locale;

/** Python's upper and lower case. */
final class Case {
  private static final char SIGMA = '\u03a3';

  /** Characters that are no letters and yet do not end a word, apart from those of some classes. */
  private static final String IN_WORDS =
      "'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027"
          + "\ufe13\ufe52\ufe55\uff07\uff0e\uff1a";

  /** Cost of changing the case of a character. */
  private static final long CHANGE = 4;

  private Case() {}

  static String upper(Work work, String text) {
    work.read(CHANGE * text.length());
    return work.made(text.toUpperCase(Locale.ROOT));
  }

  static String lower(Work work, String text) {
    work.read(CHANGE * text.length());
    if (text.indexOf(SIGMA) < 0) {
      return work.made(text.toLowerCase(Locale.ROOT));
    }
    // Java looks for the words of the whole text at every sigma.
    Text out = work.text();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (c == SIGMA) {
        out.append(isFinal(work, text, i) ? '\u03c2' : '\u03c3');
      } else {
        lower(c, out);
      }
      i += Character.charCount(c);
    }
    return out.toString();
  }

  private static void lower(int c, Text out) {
    if (c == 0x130) {
      out.append("i\u0307");
    } else {
      out.appendCodePoint(Character.toLowerCase(c));
    }
  }

  private static void upper(int c, Text out) {
    out.append(Character.toString(c).toUpperCase(Locale.ROOT));
  }

  /** Returns whether the sigma at an offset is the last letter of a word with others. */
  private static boolean isFinal(Work work, String text, int at) {
    int before = at;
    while (before > 0 && isInWord(text.codePointBefore(before))) {
      before -= Character.charCount(text.codePointBefore(before));
    }
    int after = at + 1;
    while (after < text.length() && isInWord(text.codePointAt(after))) {
      after += Character.charCount(text.codePointAt(after));
    }
    work.read(8L + after - before);
    return before > 0
        && PyChars.isCased(text.codePointBefore(before))
        && (after == text.length() || !PyChars.isCased(text.codePointAt(after)));
  }

  private static boolean isInWord(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.FORMAT,
          Character.MODIFIER_LETTER,
          Character.MODIFIER_SYMBOL ->
          true;
      default -> IN_WORDS.indexOf(c) >= 0;
    };
  }

  /** One character as the first of a word. */
  private static void titled(int c, Text out) {
    int title = Character.toTitleCase(c);
    if (title == c) {
      upper(c, out);
    } else {
      out.appendCodePoint(title);
    }
  }

  static String capitalize(Work work, String text) {
    if (text.isEmpty()) {
      return text;
    }
    Text out = work.text();
    int first = text.codePointAt(0);
    titled(first, out);
    return out.append(lower(work, work.part(text, Character.charCount(first)))).toString();
  }

  static String title(Work work, String text) {
    work.read(CHANGE * text.length());
    Text out = work.text();
    boolean inWord = false;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (inWord) {
        lower(c, out);
      } else {
        titled(c, out);
      }
      inWord = PyChars.isCased(c);
      i += Character.charCount(c);
    }
    return out.toString();
  }

  static String swap(Work work, String text) {
    work.read(CHANGE * text.length());
    Text out = work.text();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (Character.isUpperCase(c)) {
        lower(c, out);
      } else {
        upper(c, out);
      }
      i += Character.charCount(c);
    }
    return out.toString();
  }

  static boolean isUpper(Work work, String text) {
    work.read(CHANGE * text.length());
    return text.codePoints().anyMatch(Character::isUpperCase)
        && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
  }

  static boolean isLower(Work work, String text) {
    work.read(CHANGE * text.length());
    return text.codePoints().anyMatch(Character::isLowerCase)
        && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
  }
}
