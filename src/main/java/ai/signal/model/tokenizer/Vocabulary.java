package ai.signal.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The vocabulary of a model.
 *
 * @param ids by token
 * @param size one more than the highest id
 */
record Vocabulary(Map<String, Integer> ids, int size) {
  /** The largest vocabularies have 300,000 ids; each id is a row of the embedding. */
  static final int MAX_ID = 1 << 24;

  private static final int MAX_TOKEN = 4096;

  /** Reads {@code {"token": id, ...}}; ids may have holes, but each has one token. */
  static Vocabulary ofMap(Part part) {
    Map<String, Integer> ids = new HashMap<>(part.object().node().size() * 2);
    BitSet seen = new BitSet();
    for (Iterator<Map.Entry<String, JsonNode>> entries = part.node().fields();
        entries.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = entries.next();
      if (!entry.getValue().isInt() || entry.getKey().length() > MAX_TOKEN) {
        checkLength(part, entry.getKey(), MAX_TOKEN);
        part.get(entry.getKey()).integer(0, MAX_ID);
      }
      int id = entry.getValue().intValue();
      if (id < 0 || id > MAX_ID) {
        part.get(entry.getKey()).integer(0, MAX_ID);
      }
      if (seen.get(id)) { // which of the two a decoder shows would be random
        throw part.refusal("has two tokens with the id " + id);
      }
      seen.set(id);
      ids.put(entry.getKey(), id);
    }
    return new Vocabulary(ids, seen.length());
  }

  static void checkLength(Part part, String token, int most) {
    if (token.length() > most) {
      throw part.refusal(
          "has a token of " + token.length() + " characters; at most " + most + " are allowed");
    }
  }

  boolean contains(String token) {
    return ids.containsKey(token);
  }
}
