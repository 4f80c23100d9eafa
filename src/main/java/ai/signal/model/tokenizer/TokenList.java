package ai.signal.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The {@code added_tokens} of a tokenizer.json and the tokens of its vocabulary, which are not yet
 * validated. A token that is added gets the id that the library gives it: that of the vocabulary,
 * or else the next free one.
 */
final class TokenList {
  private final ArrayNode list;
  private final JsonNode vocabulary;
  private final int vocabularySize;
  private final Map<String, AddedToken> tokens = new HashMap<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private Map<String, Integer> pieces; // of a Unigram model, whose vocabulary is a list
  private int highest = -1;
  private boolean changed;

  TokenList(ObjectNode tokenizer) {
    this.vocabulary = tokenizer.path("model").path("vocab");
    this.vocabularySize = vocabulary.size();
    this.list =
        tokenizer.path("added_tokens").isArray()
            ? (ArrayNode) tokenizer.get("added_tokens")
            : tokenizer.arrayNode();
    list.forEach(node -> known(AddedToken.of(node.path("content").asText(), node)));
  }

  Set<String> contents() {
    return tokens.keySet();
  }

  /** The entries of the file by the ids that it gives them, as transformers reads them. */
  void entries(Map<Integer, AddedToken> byId) {
    list.forEach(
        node ->
            byId.put(node.path("id").asInt(), AddedToken.of(node.path("content").asText(), node)));
  }

  /** Adds a token, or changes the one of the same content, unless it is there already. */
  void add(AddedToken token) {
    if (token.content().isEmpty() || token.complete().equals(tokens.get(token.content()))) {
      return;
    }
    known(token);
    token.write(list.addObject(), ids.get(token.content()));
    changed = true;
  }

  private void known(AddedToken token) {
    Integer id = id(token.content());
    int assigned = id == null ? Math.max(highest + 1, vocabularySize) : id;
    tokens.put(token.content(), token.complete());
    ids.put(token.content(), assigned);
    highest = Math.max(highest, assigned);
  }

  /** The id of a token; null where there is none. */
  Integer id(String content) {
    Integer id = ids.get(content);
    if (id != null) {
      return id;
    }
    if (vocabulary.isArray()) {
      return pieces().get(content);
    }
    return vocabulary.path(content).isInt() ? vocabulary.get(content).intValue() : null;
  }

  private Map<String, Integer> pieces() {
    if (pieces == null) {
      pieces = new HashMap<>();
      for (int i = 0; i < vocabulary.size(); i++) {
        pieces.put(vocabulary.get(i).path(0).asText(), i);
      }
    }
    return pieces;
  }

  boolean isChanged() {
    return changed;
  }

  ArrayNode list() {
    return list;
  }
}
