package ai.signal.generate;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Looks for the texts that end a completion, in what its last token has added. */
final class StopTexts {
  /** A character has up to four bytes, and a token may be a single byte. */
  private static final int TOKENS_PER_CHAR = 4;

  private static final String INCOMPLETE = "\ufffd"; // a character whose bytes are not all there

  private final List<String> texts;
  private final Function<int[], String> decode;
  private final int tail; // tokens that the longest text may take, and the one before

  StopTexts(List<String> texts, Function<int[], String> decode) {
    this.texts = texts;
    this.decode = decode;
    int longest = texts.stream().mapToInt(String::length).max().orElse(0);
    this.tail = 1 + TOKENS_PER_CHAR * longest;
  }

  /** Whether the last of {@code written} tokens completes one of the texts. */
  boolean reached(int[] tokens, int written) {
    return !texts.isEmpty()
        && start(Arrays.copyOfRange(tokens, Math.max(0, written - tail), written)) >= 0;
  }

  /** The text of a completion up to the one that its last token completes, if it does. */
  String cut(int[] tokens) {
    int start = start(tokens);
    String whole = decode.apply(tokens);
    return start < 0 ? whole : whole.substring(0, start);
  }

  /** Where the first text begins that ends in the last token's part; -1: nowhere. */
  private int start(int[] tokens) {
    String whole = decode.apply(tokens);
    String before = decode.apply(Arrays.copyOf(tokens, tokens.length - 1));
    while (before.endsWith(INCOMPLETE)) {
      before = before.substring(0, before.length() - 1);
    }
    int known = before.length();
    return texts.stream()
        .mapToInt(text -> whole.indexOf(text, Math.max(0, known - text.length() + 1)))
        .filter(at -> at >= 0)
        .min()
        .orElse(-1);
  }
}
