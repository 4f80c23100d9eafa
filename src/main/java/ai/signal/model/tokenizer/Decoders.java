package ai.signal.model.tokenizer;

import ai.signal.model.tokenizer.regex.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Validates {@code decoder}. Panics and endless work of tokenizers 0.21.4 that this prevents: Strip
 * with {@code stop} indexes before the start of a token that is shorter (an empty one always is),
 * and Replace and BPEDecoder lengthen the text by a factor a step.
 */
final class Decoders {
  private static final Set<String> TYPES =
      Set.of(
          "BPEDecoder",
          "ByteLevel",
          "WordPiece",
          "Metaspace",
          "CTC",
          "Sequence",
          "Replace",
          "Fuse",
          "Strip",
          "ByteFallback");

  private static final int MAX_STEPS = 16;
  private static final int MAX_TEXT = 256;
  private static final int MAX_STRIP = 1024;
  private static final double MAX_GROWTH = 64;

  private Decoders() {}

  /** The decoders that may remove white space from the beginning of a text. */
  private static final Set<String> STRIPPING = Set.of("Metaspace", "Strip");

  /**
   * Checks a decoder and returns whether it may remove white space from the beginning of a text.
   */
  static boolean check(Part part) {
    List<Part> steps = new ArrayList<>();
    flatten(part, steps);
    double growth = 1;
    for (Part step : steps) {
      growth *= one(step);
      if (growth > MAX_GROWTH) {
        throw step.refusal(
            "lengthens a text more than %.0f times, together with the steps before"
                .formatted(MAX_GROWTH));
      }
    }
    return steps.stream().anyMatch(step -> STRIPPING.contains(step.type()));
  }

  private static void flatten(Part part, List<Part> steps) {
    if (part.object().type().equals("Sequence")) {
      part.only("decoders");
      part.list("decoders", MAX_STEPS).forEach(step -> flatten(step, steps));
    } else {
      steps.add(part);
      if (steps.size() > MAX_STEPS) {
        throw part.refusal("is one of more than " + MAX_STEPS + " steps");
      }
    }
  }

  /** Checks a decoder and returns by what factor it may lengthen a text. */
  private static double one(Part part) {
    switch (part.type()) {
      case "ByteFallback", "Fuse" -> part.only();
      case "ByteLevel" -> PreTokenizers.byteLevel(part);
      case "Metaspace" -> PreTokenizers.metaspace(part);
      case "BPEDecoder" -> {
        part.only("suffix");
        part.filled("suffix", MAX_TEXT);
      }
      case "WordPiece" -> {
        part.only("prefix", "cleanup");
        part.text("prefix", MAX_TEXT);
        part.flag("cleanup");
      }
      case "CTC" -> {
        part.only("pad_token", "word_delimiter_token", "cleanup");
        part.filled("pad_token", MAX_TEXT);
        part.filled("word_delimiter_token", MAX_TEXT);
        part.flag("cleanup");
      }
      case "Strip" -> {
        part.only("content", "start", "stop");
        part.character("content");
        part.integer("start", 0, MAX_STRIP);
        if (part.integer("stop", 0, Integer.MAX_VALUE) > 0) {
          throw part.refusal(
              "has stop "
                  + part.get("stop").node()
                  + ", which aborts on tokens that are shorter; only 0 is allowed");
        }
      }
      case "Replace" -> {
        part.only("pattern", "content");
        Pattern pattern = Patterns.of(part);
        if (!pattern.rescanned().isEmpty()) {
          throw part.refusal("has a pattern that is quadratic in the length of the text");
        }
        return Math.max(1, (double) Models.bytes(part.text("content", MAX_TEXT)) / pattern.bytes());
      }
      default -> throw part.unknownType(TYPES);
    }
    return 1;
  }
}
