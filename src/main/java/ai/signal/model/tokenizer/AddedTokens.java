package ai.signal.model.tokenizer;

import ai.signal.model.ModelFormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Validates {@code added_tokens}. Panics and endless work of tokenizers 0.21.4 that this prevents:
 * a token that normalizes to the empty text matches between the bytes of a character ("bad split"),
 * an lstrip token of white space alone can match inside white space that an rstrip token has taken
 * (start after stop), each token is compared with all others, and long tokens make a large
 * automaton.
 *
 * @param contents in the order of the file
 * @param size one more than the highest id that the file names
 */
record AddedTokens(List<String> contents, int size) {
  static final AddedTokens NONE = new AddedTokens(List.of(), 0);

  static final int MAX_CONTENT = 512;

  /** Models with a token for each audio code have 30,000. */
  private static final int MAX_TOKENS = 50_000;

  static AddedTokens check(Part tokens, Normalizers normalizers) {
    if (tokens.node().size() > MAX_TOKENS) {
      throw tokens.refusal(
          "has %d tokens; at most %d are allowed".formatted(tokens.node().size(), MAX_TOKENS));
    }
    List<String> contents = new ArrayList<>();
    int size = 0;
    for (Part token : tokens.list()) {
      token.only("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
      size = Math.max(size, token.integer("id", 0, Vocabulary.MAX_ID) + 1);
      String content = token.filled("content", MAX_CONTENT);
      boolean normalized = token.flag("normalized");
      boolean lstrip = token.flag("lstrip");
      token.flag("rstrip");
      token.flag("single_word");
      token.flag("special");
      if (lstrip && content.codePoints().allMatch(AddedTokens::isWhiteSpace)) {
        throw token.refusal(
            "is white space alone and has lstrip, which aborts the tokenizer next to an rstrip token");
      }
      if (normalized && !normalizers.keep(content, lstrip)) {
        throw token.refusal(
            "is normalized and %s may be empty after the normalizer, which aborts the tokenizer; set normalized to false"
                .formatted(ModelFormatException.quote(content)));
      }
      contents.add(content);
    }
    return new AddedTokens(contents, size);
  }

  /**
   * One more than the highest id. The library gives a token that the vocabulary lacks the next free
   * id, whatever the file says.
   */
  int size(Vocabulary vocabulary) {
    int count = vocabulary.ids().size();
    int highest = -1;
    Map<String, Integer> ids = new HashMap<>();
    for (String content : contents) {
      Integer known = ids.getOrDefault(content, vocabulary.ids().get(content));
      int id = known == null ? Math.max(highest + 1, count) : known;
      ids.put(content, id);
      highest = Math.max(highest, id);
    }
    return Math.max(size, highest + 1);
  }

  static boolean isWhiteSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }
}
