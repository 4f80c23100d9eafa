package ai.signal.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A token that a text may spell out, as tokenizer.json and tokenizer_config.json describe it.
 *
 * @param flags the members but for content, id and special
 */
record AddedToken(String content, Flags flags, boolean special) {

  /**
   * How the token is found in a text.
   *
   * @param normalized whether it is found in normalized text; null means unless it is special,
   *     which is the library's default
   */
  record Flags(boolean singleWord, boolean lstrip, boolean rstrip, Boolean normalized) {
    static final Flags NONE = new Flags(false, false, false, null);
  }

  /** A special token of which only the content is known. */
  static AddedToken special(String content) {
    return new AddedToken(content, Flags.NONE, true);
  }

  /** Reads an object whose content is known; what it does not say is the library's default. */
  static AddedToken of(String content, JsonNode token) {
    JsonNode normalized = token.path("normalized");
    return new AddedToken(
        content,
        new Flags(
            token.path("single_word").asBoolean(false),
            token.path("lstrip").asBoolean(false),
            token.path("rstrip").asBoolean(false),
            normalized.isBoolean() ? normalized.booleanValue() : null),
        token.path("special").asBoolean(false));
  }

  AddedToken asSpecial() {
    return new AddedToken(content, flags, true);
  }

  /** The same with nothing left to a default, so that equal tokens are equal values. */
  AddedToken complete() {
    Boolean normalized =
        flags.normalized() == null ? Boolean.valueOf(!special) : flags.normalized();
    return new AddedToken(
        content,
        new Flags(flags.singleWord(), flags.lstrip(), flags.rstrip(), normalized),
        special);
  }

  /** Writes it as an entry of {@code added_tokens}. */
  void write(ObjectNode to, int id) {
    AddedToken complete = complete();
    to.put("id", id)
        .put("content", content)
        .put("single_word", flags.singleWord())
        .put("lstrip", flags.lstrip())
        .put("rstrip", flags.rstrip())
        .put("normalized", complete.flags.normalized())
        .put("special", special);
  }
}
