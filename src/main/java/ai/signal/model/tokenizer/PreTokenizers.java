package ai.signal.model.tokenizer;

import ai.signal.model.tokenizer.regex.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Validates {@code pre_tokenizer}. Panics and endless work of tokenizers 0.21.4 that this prevents:
 * FixedLength 0 ({@code chunks(0)}), patterns of Split that backtrack without bound, repeated
 * ByteLevel, each of which may double the text.
 *
 * @param splits the patterns of Split
 * @param onText whether they see the text as the normalizer leaves it, only cut into pieces
 */
record PreTokenizers(List<Pattern> splits, boolean onText) {
  private static final Set<String> TYPES =
      Set.of(
          "BertPreTokenizer",
          "ByteLevel",
          "CharDelimiterSplit",
          "Metaspace",
          "Whitespace",
          "WhitespaceSplit",
          "Sequence",
          "Split",
          "Punctuation",
          "Digits",
          "UnicodeScripts",
          "FixedLength");

  private static final Set<String> BEHAVIORS =
      Set.of("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous");

  private static final int MAX_STEPS = 16;
  private static final int MAX_GROWING = 2;
  private static final int MAX_LENGTH = 1 << 20;

  static PreTokenizers check(Optional<Part> part) {
    List<Part> steps = new ArrayList<>();
    part.ifPresent(root -> flatten(root, steps));
    List<Pattern> splits = new ArrayList<>();
    boolean onText = true;
    int growing = 0;
    for (Part step : steps) {
      one(step).ifPresent(splits::add);
      if (Set.of("ByteLevel", "Metaspace").contains(step.type())) {
        growing++;
        onText &= splits.size() == patterns(steps);
        if (growing > MAX_GROWING) {
          throw step.refusal(
              "is number %d of those that lengthen the text; at most %d are allowed"
                  .formatted(growing, MAX_GROWING));
        }
      }
    }
    return new PreTokenizers(splits, onText);
  }

  private static long patterns(List<Part> steps) {
    return steps.stream().filter(step -> step.type().equals("Split")).count();
  }

  private static void flatten(Part part, List<Part> steps) {
    if (part.object().type().equals("Sequence")) {
      part.only("pretokenizers");
      part.list("pretokenizers", MAX_STEPS).forEach(step -> flatten(step, steps));
    } else {
      steps.add(part);
      if (steps.size() > MAX_STEPS) {
        throw part.refusal("is one of more than " + MAX_STEPS + " steps");
      }
    }
  }

  private static Optional<Pattern> one(Part part) {
    switch (part.type()) {
      case "BertPreTokenizer", "Whitespace", "WhitespaceSplit", "UnicodeScripts" -> part.only();
      case "ByteLevel" -> byteLevel(part);
      case "CharDelimiterSplit" -> {
        part.only("delimiter");
        part.character("delimiter");
      }
      case "Metaspace" -> metaspace(part);
      case "Punctuation" -> {
        part.only("behavior");
        if (part.node().has("behavior")) {
          part.oneOf("behavior", BEHAVIORS);
        }
      }
      case "Digits" -> {
        part.only("individual_digits");
        part.flag("individual_digits");
      }
      case "FixedLength" -> {
        part.only("length");
        if (part.node().has("length")) {
          part.integer("length", 1, MAX_LENGTH);
        }
      }
      case "Split" -> {
        part.only("pattern", "behavior", "invert");
        part.oneOf("behavior", BEHAVIORS);
        part.flag("invert");
        return Optional.of(Patterns.of(part));
      }
      default -> throw part.unknownType(TYPES);
    }
    return Optional.empty();
  }

  /** The fields of ByteLevel, which is a pre-tokenizer, a post-processor and a decoder. */
  static void byteLevel(Part part) {
    part.only("add_prefix_space", "trim_offsets", "use_regex");
    part.flag("add_prefix_space");
    part.flag("trim_offsets");
    part.optionalFlag("use_regex");
  }

  /** The fields of Metaspace, which is a pre-tokenizer and a decoder. */
  static void metaspace(Part part) {
    part.only("replacement", "add_prefix_space", "prepend_scheme", "split", "str_rep");
    part.character("replacement");
    if (part.has("add_prefix_space")) {
      part.flag("add_prefix_space");
    }
    if (part.node().has("prepend_scheme")) {
      part.oneOf("prepend_scheme", Set.of("first", "never", "always"));
    }
    if (part.has("split")) {
      part.flag("split");
    }
    if (part.has("str_rep")) {
      part.text("str_rep", 16);
    }
  }
}
