package ai.signal.chat;

import ai.signal.model.EncodedText;
import ai.signal.model.Tokenizer;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/**
 * What a chat template made of messages.
 *
 * @param text all of it
 * @param generated what stands in {@code generation} blocks, in order; empty where the template has
 *     none
 */
public record Rendered(String text, List<Span> generated) {

  public Rendered {
    generated = List.copyOf(generated);
  }

  /**
   * The token ids of the text. What the template writes is all that the model expects: a BOS token
   * is in the text or is not wanted, so that the tokenizer must add none.
   *
   * @param encode gives the ids of a text alone, as {@code Tokenizer::encode} does
   * @throws ChatTemplateException when {@code encode} adds tokens of its own
   */
  public int[] tokens(Function<String, int[]> encode) {
    if (encode.apply("").length > 0) {
      throw ChatTemplateException.misused(
          "the encoder adds tokens to a text, such as a second BOS; use the one that adds none");
    }
    return encode.apply(text);
  }

  /**
   * Encodes the text once, as a whole, without adding tokens. Turns are never encoded apart,
   * because a token depends on its neighbours and many tokenizers begin every text with a space
   * that is not there. The learnt tokens are those with a character in one of the spans, so that a
   * token across a border, which inference would have to generate, counts as the assistant's.
   */
  public EncodedConversation encode(Tokenizer tokenizer) {
    EncodedText encoded = tokenizer.encodeWithOffsets(text);
    BitSet chars = new BitSet(text.length());
    generated.forEach(span -> chars.set(span.start(), span.end()));
    boolean[] learnt = new boolean[encoded.size()];
    for (int i = 0; i < learnt.length; i++) {
      learnt[i] = encoded.isIn(i, chars);
    }
    return new EncodedConversation(encoded.ids(), learnt);
  }

  /**
   * A part of a text, in chars as {@link String#substring} counts them.
   *
   * @param start the first char
   * @param end the char after the last
   */
  public record Span(int start, int end) {

    public Span {
      if (start < 0 || end < start) {
        throw new IllegalArgumentException("No span is from %d to %d".formatted(start, end));
      }
    }
  }
}
