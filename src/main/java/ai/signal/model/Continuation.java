package ai.signal.model;

import java.util.Arrays;

/**
 * Decodes what follows a prompt. Tokenizers of the SentencePiece kind begin a text with a space
 * that is not there, and decoders remove it from the first token that they are given; but the first
 * token of a completion is in the middle of a text, and its space belongs to it.
 */
public final class Continuation {
  private final Tokenizer tokenizer;
  private final int[] before; // decoded with the ids, and its own text removed; may be empty
  private final String text; // its text

  Continuation(Tokenizer tokenizer, int[] before) {
    this.tokenizer = tokenizer;
    this.before = before;
    this.text = tokenizer.decode(before);
  }

  /**
   * Returns the text of the ids that follow the prompt, or some of them, without special tokens.
   */
  public String decode(int[] ids) {
    if (before.length == 0) {
      return tokenizer.decode(ids);
    }
    int[] all = Arrays.copyOf(before, before.length + ids.length);
    System.arraycopy(ids, 0, all, before.length, ids.length);
    String whole = tokenizer.decode(all);
    return whole.startsWith(text) ? whole.substring(text.length()) : tokenizer.decode(ids);
  }
}
