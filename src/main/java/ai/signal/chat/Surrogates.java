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
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isLowSurrogate(c)
          || i + 1 == text.length()
          || !Character.isLowSurrogate(text.charAt(i + 1))) {
        throw new RenderException(
            "the text has half of a surrogate pair, U+%04X, at character %d"
                .formatted((int) c, i + 1));
      }
      i++;
    }
  }
}
