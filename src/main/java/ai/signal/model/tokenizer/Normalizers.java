package ai.signal.model.tokenizer;

import ai.signal.model.tokenizer.regex.Pattern;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Validates {@code normalizer}. Panics and endless work of tokenizers 0.21.4 that this prevents: a
 * Precompiled map that is not well-formed ({@code expect("Precompiled")}, indexes of the trie, text
 * cut between the bytes of a character), patterns of Replace that backtrack without bound or match
 * the empty text, and steps that multiply the length of a text.
 */
final class Normalizers {
  private static final Set<String> TYPES =
      Set.of(
          "BertNormalizer",
          "Strip",
          "StripAccents",
          "NFC",
          "NFD",
          "NFKC",
          "NFKD",
          "Sequence",
          "Lowercase",
          "Nmt",
          "Precompiled",
          "Replace",
          "Prepend",
          "ByteLevel");

  private static final Set<String> DELETING =
      Set.of("BertNormalizer", "Strip", "StripAccents", "Nmt", "Precompiled", "Replace");

  private static final int MAX_STEPS = 16;
  private static final int MAX_TEXT = 256;
  private static final double MAX_GROWTH = 512;

  /** U+FDFA has 3 bytes in UTF-8, and 33 after NFKD: the worst of all characters. */
  private static final double COMPATIBILITY_GROWTH = 11;

  private final List<Part> steps = new ArrayList<>();
  private final List<Pattern> replaced = new ArrayList<>();
  private final List<CharsMap> maps = new ArrayList<>();
  private boolean joins;
  private double growth = 1;

  private Normalizers() {}

  static Normalizers check(Optional<Part> part) {
    Normalizers normalizers = new Normalizers();
    part.ifPresent(normalizers::flatten);
    if (normalizers.steps.stream()
        .anyMatch(step -> Set.of("NFC", "NFD", "NFKC", "NFKD").contains(step.type()))) {
      normalizers.growth = COMPATIBILITY_GROWTH;
    }
    normalizers.steps.forEach(normalizers::one);
    return normalizers;
  }

  /** The patterns of Replace. */
  List<Pattern> replaced() {
    return replaced;
  }

  /** The largest factor by which the bytes of a text may grow. */
  double growth() {
    return growth;
  }

  /**
   * Whether a text is certain to be more than nothing after these steps.
   *
   * @param visible whether it also has to be more than white space
   */
  boolean keep(String text, boolean visible) {
    boolean deletes = steps.stream().anyMatch(step -> DELETING.contains(step.type()));
    if (!deletes) {
      return !visible || !text.codePoints().allMatch(AddedTokens::isWhiteSpace);
    }
    for (int i = 0; i < text.length(); i++) {
      boolean alone = i + 1 == text.length() || text.charAt(i + 1) < 0x80;
      if (alone && keepCharacter(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  /** Only printable ASCII survives all steps but Precompiled and Replace. */
  private boolean keepCharacter(char c) {
    boolean printable = c > 0x20 && c < 0x7f;
    return printable
        && maps.stream().noneMatch(map -> joins || map.replaces(c))
        && replaced.stream()
            .noneMatch(
                pattern -> pattern.mayMatch(c) || pattern.mayMatch(Character.toLowerCase(c)));
  }

  private void flatten(Part part) {
    if (part.object().type().equals("Sequence")) {
      part.only("normalizers");
      part.list("normalizers", MAX_STEPS).forEach(this::flatten);
    } else {
      steps.add(part);
      if (steps.size() > MAX_STEPS) {
        throw part.refusal("is one of more than " + MAX_STEPS + " steps");
      }
    }
  }

  private void one(Part part) {
    growth *= factor(part);
    if (growth > MAX_GROWTH) {
      throw part.refusal(
          "lengthens a text more than %.0f times, together with the other steps"
              .formatted(MAX_GROWTH));
    }
  }

  /** Checks a step and returns by what factor it may lengthen a text. */
  private double factor(Part part) {
    switch (part.type()) {
      case "NFC", "NFD", "NFKC", "NFKD", "StripAccents", "Nmt" -> {
        part.only();
        return 1;
      }
      case "Lowercase", "ByteLevel" -> {
        part.only();
        return 2;
      }
      case "Strip" -> {
        part.only("strip_left", "strip_right");
        part.flag("strip_left");
        part.flag("strip_right");
        return 1;
      }
      case "BertNormalizer" -> {
        part.only("clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
        part.flag("clean_text");
        part.flag("handle_chinese_chars");
        part.flag("lowercase");
        if (part.has("strip_accents")) {
          part.flag("strip_accents");
        }
        return 6;
      }
      case "Prepend" -> {
        part.only("prepend");
        String prepend = part.filled("prepend", MAX_TEXT); // native code aborts on an empty one
        joins |= mayJoin(prepend);
        return 1 + expanded(prepend);
      }
      case "Replace" -> {
        part.only("pattern", "content");
        Pattern pattern = Patterns.of(part);
        replaced.add(pattern);
        String content = part.text("content", MAX_TEXT);
        joins |= mayJoin(content);
        return Math.max(1, (double) expanded(content) / pattern.bytes());
      }
      case "Precompiled" -> {
        part.only("precompiled_charsmap");
        CharsMap map = CharsMap.parse(part.get("precompiled_charsmap"));
        maps.add(map);
        return map.growth();
      }
      default -> throw part.unknownType(TYPES);
    }
  }

  /** The bytes of a text after a later NFKD. */
  static int expanded(String text) {
    return Models.bytes(Normalizer.normalize(text, Normalizer.Form.NFKD));
  }

  /** Whether a character of the text might form a grapheme cluster with the one before it. */
  private static boolean mayJoin(String text) {
    return text.codePoints().anyMatch(c -> c >= 0x80 && c != 0x2581);
  }
}
