package ai.signal.model;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;

/**
 * The tokens of a text and where each stands in it, in chars as {@link String#substring} counts
 * them. A character of several tokens belongs to each of them; a token of no character, such as one
 * that the normalizer inserts, has equal ends.
 *
 * @param ids of the tokens, [n]
 * @param starts the first char of each token, [n]
 * @param ends the char after the last of each token, [n]
 */
@SuppressWarnings("ArrayRecordComponent") // Read at once, never compared.
public record EncodedText(int[] ids, int[] starts, int[] ends) {

  /** Converts what the library returns, which counts code points. */
  static EncodedText of(String text, Encoding encoding) {
    long[] ids = encoding.getIds();
    CharSpan[] spans = encoding.getCharTokenSpans();
    IntUnaryOperator chars = chars(text);
    EncodedText encoded =
        new EncodedText(new int[ids.length], new int[ids.length], new int[ids.length]);
    for (int i = 0; i < ids.length; i++) {
      encoded.ids[i] = Math.toIntExact(ids[i]);
      encoded.starts[i] = chars.applyAsInt(spans[i].getStart());
      encoded.ends[i] = chars.applyAsInt(spans[i].getEnd());
    }
    return encoded;
  }

  /** The place in chars of a place in code points. */
  private static IntUnaryOperator chars(String text) {
    int count = text.codePointCount(0, text.length());
    if (count == text.length()) {
      return IntUnaryOperator.identity();
    }
    int[] chars = new int[count + 1];
    for (int i = 0; i < count; i++) {
      chars[i + 1] = text.offsetByCodePoints(chars[i], 1);
    }
    return place -> chars[place];
  }

  /** The number of tokens. */
  public int size() {
    return ids.length;
  }

  /** Whether a token has one of these characters; one of no character is its next one's. */
  public boolean isIn(int token, BitSet chars) {
    int next = chars.nextSetBit(starts[token]);
    return next >= 0 && next < Math.max(ends[token], starts[token] + 1);
  }
}
