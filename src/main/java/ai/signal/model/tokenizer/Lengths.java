package ai.signal.model.tokenizer;

import java.util.Set;

/**
 * Validates {@code truncation} and {@code padding}. Signal switches both off after loading, so only
 * their form matters.
 */
final class Lengths {
  private static final int MAX = 1 << 30;
  private static final Set<String> DIRECTIONS = Set.of("Left", "Right");
  private static final Set<String> STRATEGIES = Set.of("LongestFirst", "OnlyFirst", "OnlySecond");

  private Lengths() {}

  static void truncation(Part part) {
    part.only("direction", "max_length", "strategy", "stride");
    if (part.has("direction")) {
      part.oneOf("direction", DIRECTIONS);
    }
    part.oneOf("strategy", STRATEGIES);
    int length = part.integer("max_length", 0, MAX);
    int stride = part.integer("stride", 0, MAX);
    if (length > 0 && stride >= length) {
      throw part.refusal("has stride " + stride + ", which is not below max_length " + length);
    }
  }

  static void padding(Part part) {
    part.only("strategy", "direction", "pad_to_multiple_of", "pad_id", "pad_type_id", "pad_token");
    part.oneOf("direction", DIRECTIONS);
    if (part.has("pad_to_multiple_of")) {
      part.integer("pad_to_multiple_of", 0, MAX);
    }
    part.integer("pad_id", 0, Vocabulary.MAX_ID);
    part.integer("pad_type_id", 0, MAX);
    part.text("pad_token", AddedTokens.MAX_CONTENT);
    Part strategy = part.get("strategy");
    if (strategy.node().isObject()) {
      strategy.only("Fixed");
      strategy.integer("Fixed", 0, MAX);
    } else {
      part.oneOf("strategy", Set.of("BatchLongest"));
    }
  }
}
