package ai.signal.generate;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Looks for the texts that end a completion. */
final class StopTexts {
  /** A character has up to four bytes, and a token may be a single byte. */
  private static final int TOKENS_PER_CHAR = 4;

  private final List<String> texts;
  private final Function<int[], String> decode;
  private final int tail; // tokens that the longest text may take, and the one before

  StopTexts(List<String> texts, Function<int[], String> decode) {
    this.texts = texts;
    this.decode = decode;
    this.tail = 1 + TOKENS_PER_CHAR * longest(texts);
  }

  /** Characters of the longest text, 0 where there is none. */
  static int longest(List<String> texts) {
    return texts.stream().mapToInt(String::length).max().orElse(0);
  }

  /** Whether the end of a completion of {@code written} tokens holds one of the texts. */
  boolean reached(int[] tokens, int written) {
    if (texts.isEmpty()) {
      return false;
    }
    String end = decode.apply(Arrays.copyOfRange(tokens, Math.max(0, written - tail), written));
    return texts.stream().anyMatch(end::contains);
  }

  /** A completion up to the first of the texts. */
  static String cut(String completion, List<String> texts) {
    int end =
        texts.stream()
            .mapToInt(completion::indexOf)
            .filter(at -> at >= 0)
            .min()
            .orElse(completion.length());
    return completion.substring(0, end);
  }
}
