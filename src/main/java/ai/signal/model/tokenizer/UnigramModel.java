package ai.signal.model.tokenizer;

import ai.signal.model.ModelFormatException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/**
 * Validates a Unigram model. Its trie is dropped by recursion, a level a byte (a token of 100,000
 * bytes overflows the stack and aborts the JVM), and a position of a text costs the lengths of all
 * tokens that begin there.
 */
final class UnigramModel {
  /** SentencePiece makes pieces of at most 16 characters by default. */
  private static final int MAX_TOKEN = 512;

  /** Bytes of all tokens that may match at one position. */
  private static final int MAX_CHAIN = 4096;

  private UnigramModel() {}

  static Vocabulary check(Part model) {
    model.only("unk_id", "vocab", "byte_fallback");
    model.optionalFlag("byte_fallback");
    Part vocab = model.get("vocab");
    if (!vocab.node().isArray()) {
      throw vocab.refusal("is not a list of [token, score]");
    }
    Map<String, Integer> ids = new HashMap<>(vocab.node().size() * 2);
    int id = 0;
    for (JsonNode entry : vocab.node()) {
      if (entry.size() != 2 || !entry.path(0).isTextual() || !entry.path(1).isNumber()) {
        throw vocab.refusal("has item " + id + ", which is not [token, score]");
      }
      Vocabulary.checkLength(vocab, entry.get(0).textValue(), MAX_TOKEN);
      ids.put(entry.get(0).textValue(), id++);
    }
    for (String token : ids.keySet()) {
      int chain = chain(token, ids);
      if (chain > MAX_CHAIN) {
        throw vocab.refusal(
            "has %d bytes of tokens that begin %s; at most %d are allowed, since each position of a text tries them all"
                .formatted(chain, ModelFormatException.quote(token), MAX_CHAIN));
      }
    }
    if (!model.has("unk_id")) {
      throw model.refusal("has no 'unk_id', without which encoding a text may fail");
    }
    model.integer("unk_id", 0, id - 1);
    return new Vocabulary(ids, id);
  }

  /** The bytes of a token and of all its prefixes that are tokens. */
  private static int chain(String token, Map<String, Integer> ids) {
    int bytes = 0;
    for (int end = 1; end <= token.length(); end++) {
      String prefix = token.substring(0, end);
      if (ids.containsKey(prefix)) {
        bytes += Models.bytes(prefix);
      }
    }
    return bytes;
  }
}
