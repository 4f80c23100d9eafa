package ai.signal.generate;

import ai.signal.model.Continuation;
import ai.signal.model.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds the texts that end a completion, in the part that its last token has added. A text may name
 * special tokens, which a completion's own text omits: {@code <|user|>}, or {@code ".<|user|>"}.
 */
final class StopTexts {
  /** A character has up to four bytes, and a token may be a single byte. */
  private static final int TOKENS_PER_CHAR = 4;

  private static final String INCOMPLETE = "\ufffd"; // a character whose bytes are not all there

  private final List<String> texts;
  private final Tokenizer tokenizer;
  private final Continuation continuation;
  private final int tail; // tokens that the longest text may take, and the one before

  /**
   * @param continuation decodes completions
   */
  StopTexts(List<String> texts, Tokenizer tokenizer, Continuation continuation) {
    this.texts = texts;
    this.continuation = continuation;
    this.tokenizer = tokenizer;
    int longest = texts.stream().mapToInt(String::length).max().orElse(0);
    this.tail = 1 + TOKENS_PER_CHAR * longest;
  }

  /** Whether the last of {@code written} tokens completes one of the texts. */
  boolean reached(int[] tokens, int written) {
    return !texts.isEmpty()
        && end(Arrays.copyOfRange(tokens, Math.max(0, written - tail), written)) >= 0;
  }

  /** The text of a completion up to the one that its last token completes, if it does. */
  String cut(int[] tokens) {
    int end = end(tokens);
    String whole = continuation.decode(tokens);
    return end < 0 ? whole : whole.substring(0, end);
  }

  /** Length of the text before the first stop that the last token completes; -1: none. */
  private int end(int[] tokens) {
    return IntStream.concat(plain(tokens), special(tokens)).min().orElse(-1);
  }

  /** Where stops begin in the text without special tokens. */
  private IntStream plain(int[] tokens) {
    String whole = continuation.decode(tokens);
    String before = continuation.decode(Arrays.copyOf(tokens, tokens.length - 1));
    while (before.endsWith(INCOMPLETE)) {
      before = before.substring(0, before.length() - 1);
    }
    int known = before.length();
    return texts.stream()
        .mapToInt(text -> whole.indexOf(text, Math.max(0, known - text.length() + 1)))
        .filter(at -> at >= 0);
  }

  /** Where stops begin that name a special token. */
  private IntStream special(int[] tokens) {
    if (tokenizer.decode(tokens).equals(tokenizer.decodeWithSpecials(tokens))) {
      return IntStream.empty(); // no token is special, as a rule
    }
    return IntStream.range(Math.max(0, tokens.length - tail), tokens.length)
        .flatMap(at -> texts.stream().mapToInt(text -> special(text, tokens, at)))
        .filter(end -> end >= 0);
  }

  /**
   * Length of the text before a stop whose first special token is the one at {@code at}; -1 where
   * the last token does not complete such a stop.
   */
  private int special(String stop, int[] tokens, int at) {
    int[] one = {tokens[at]};
    String name = tokenizer.decodeWithSpecials(one);
    int head = tokenizer.decode(one).isEmpty() && !name.isEmpty() ? stop.indexOf(name) : -1;
    if (head < 0) {
      return -1;
    }
    int[] before = Arrays.copyOf(tokens, at);
    int[] rest = Arrays.copyOfRange(tokens, at, tokens.length);
    String text = continuation.decode(before);
    boolean follows =
        text.endsWith(stop.substring(0, head))
            && tokenizer.decodeWithSpecials(before).endsWith(stop.substring(0, head));
    return follows
            && begins(rest, rest.length, stop.substring(head))
            && !begins(rest, rest.length - 1, stop.substring(head))
        ? text.length() - head
        : -1;
  }

  private boolean begins(int[] tokens, int count, String text) {
    return tokenizer.decodeWithSpecials(Arrays.copyOf(tokens, count)).startsWith(text);
  }
}
