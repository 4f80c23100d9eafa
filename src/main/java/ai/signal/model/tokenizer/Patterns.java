package ai.signal.model.tokenizer;

import ai.signal.model.ModelFormatException;
import ai.signal.model.tokenizer.regex.Pattern;
import ai.signal.model.tokenizer.regex.PatternException;

/** Reads {@code pattern}: {@code {"String": ...}} or {@code {"Regex": ...}}. */
final class Patterns {
  private static final int MAX_LITERAL = 256;
  private static final int MAX_REGEX = 2000;

  private Patterns() {}

  /**
   * The pattern of a Split or Replace.
   *
   * @throws ModelFormatException where it is not known to be bounded
   */
  static Pattern of(Part part) {
    Part pattern = part.get("pattern");
    pattern.only("String", "Regex");
    if (pattern.object().node().size() != 1) {
      throw pattern.refusal("is not {\"String\": ...} or {\"Regex\": ...}");
    }
    if (pattern.node().has("String")) {
      return Pattern.literal(pattern.filled("String", MAX_LITERAL));
    }
    String regex = pattern.filled("Regex", MAX_REGEX);
    try {
      return Pattern.parse(regex);
    } catch (PatternException e) {
      throw part.refusal(
          "has pattern %s, which %s".formatted(ModelFormatException.quote(regex), e.getMessage()));
    }
  }
}
