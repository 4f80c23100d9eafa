package ai.signal.chat;

/** Halves of surrogate pairs, which no tokenizer and no file in UTF-8 can hold. */
final class Surrogates {
  private Surrogates() {}

  /**
   * Checks that a text has no half of a pair without the other.
   *
   * @throws RenderException with the first such place
   */
  static void check(String text) {
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i); // half of a pair alone is given as it is
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        throw new RenderException(
            "the text has half of a surrogate pair, U+%04X, at character %d".formatted(c, i + 1));
      }
      i += Character.charCount(c);
    }
  }
}
