package ai.signal.model.tokenizer;

import ai.signal.model.ModelFormatException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Validates {@code model}. Panics and endless work of tokenizers 0.21.4 that this prevents: BPE
 * slices the second half of a merge by the length of {@code continuing_subword_prefix} (panic when
 * it is shorter); WordPiece is cubic in {@code max_input_chars_per_word}. {@link UnigramModel} has
 * those of Unigram.
 */
final class Models {
  static final Set<String> TYPES = Set.of("BPE", "Unigram", "WordLevel", "WordPiece");

  private static final int MAX_AFFIX = 64;

  /** BERT has 100. The time for one word of that many characters is cubic. */
  private static final int MAX_WORD = 256;

  private Models() {}

  static Vocabulary check(Part model) {
    if (!model.object().has("vocab")) {
      throw model.missingInFile("vocab");
    }
    return switch (type(model)) {
      case "BPE" -> bpe(model);
      case "WordPiece" -> wordPiece(model);
      case "WordLevel" -> wordLevel(model);
      case "Unigram" -> UnigramModel.check(model);
      default -> throw model.unknownType(TYPES);
    };
  }

  /** Files of 2020 name no type; the library then takes the first model whose fields fit. */
  private static String type(Part model) {
    if (model.node().has("type")) {
      return model.type();
    }
    if (model.node().has("merges")) {
      return "BPE";
    }
    if (model.node().has("max_input_chars_per_word")) {
      return "WordPiece";
    }
    return model.get("vocab").node().isArray() ? "Unigram" : "WordLevel";
  }

  private static Vocabulary bpe(Part model) {
    model.only(
        "dropout",
        "unk_token",
        "continuing_subword_prefix",
        "end_of_word_suffix",
        "fuse_unk",
        "byte_fallback",
        "ignore_merges",
        "vocab",
        "merges");
    JsonNode dropout = model.node().path("dropout");
    if (model.has("dropout") && !(dropout.isNumber() && dropout.doubleValue() == 0)) {
      throw model
          .get("dropout")
          .refusal("is " + dropout + ", which makes token ids random; set it to null");
    }
    if (model.has("unk_token")) {
      model.text("unk_token", MAX_AFFIX);
    }
    String prefix =
        model.has("continuing_subword_prefix")
            ? model.text("continuing_subword_prefix", MAX_AFFIX)
            : "";
    if (model.has("end_of_word_suffix")) {
      model.text("end_of_word_suffix", MAX_AFFIX);
    }
    for (String flag : Set.of("fuse_unk", "byte_fallback", "ignore_merges")) {
      if (model.has(flag)) {
        model.flag(flag);
      }
    }
    Vocabulary vocabulary = Vocabulary.ofMap(model.get("vocab"));
    merges(model.get("merges"), vocabulary, prefix);
    return vocabulary;
  }

  private static void merges(Part merges, Vocabulary vocabulary, String prefix) {
    if (!merges.node().isArray()) {
      throw merges.refusal("is not a list");
    }
    int rank = 0;
    for (JsonNode merge : merges.node()) {
      rank++;
      if (merge.isTextual() && merge.textValue().startsWith("#version")) {
        continue;
      }
      String[] pair = pair(merge);
      if (pair.length != 2 || merge.isTextual() != merges.node().get(0).isTextual()) {
        throw merges.refusal("has merge " + rank + ", which is not a pair of tokens");
      }
      if (!pair[1].startsWith(prefix)) {
        throw merges.refusal(
            "has merge " + rank + ", whose second token does not begin with '" + prefix + "'");
      }
      String merged = pair[0] + pair[1].substring(prefix.length());
      for (String token : new String[] {pair[0], pair[1], merged}) {
        if (!vocabulary.contains(token)) {
          throw merges.refusal(
              "has merge "
                  + rank
                  + " with "
                  + ModelFormatException.quote(token)
                  + ", which the vocabulary does not have");
        }
      }
    }
  }

  private static String[] pair(JsonNode merge) {
    if (merge.isTextual()) {
      return merge.textValue().split(" ", -1);
    }
    boolean texts = merge.size() == 2 && merge.path(0).isTextual() && merge.path(1).isTextual();
    return texts
        ? new String[] {merge.get(0).textValue(), merge.get(1).textValue()}
        : new String[0];
  }

  private static Vocabulary wordPiece(Part model) {
    model.only("unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab");
    model.text("continuing_subword_prefix", MAX_AFFIX);
    model.integer("max_input_chars_per_word", 0, MAX_WORD);
    return withUnknown(model);
  }

  private static Vocabulary wordLevel(Part model) {
    model.only("unk_token", "vocab");
    return withUnknown(model);
  }

  /** A vocabulary that has the unknown token, without which encoding a text may fail. */
  private static Vocabulary withUnknown(Part model) {
    Vocabulary vocabulary = Vocabulary.ofMap(model.get("vocab"));
    if (!vocabulary.contains(model.text("unk_token"))) {
      throw model
          .get("unk_token")
          .refusal(
              "is "
                  + ModelFormatException.quote(model.text("unk_token"))
                  + ", which the vocabulary does not have");
    }
    return vocabulary;
  }

  static int bytes(String token) {
    return token.getBytes(StandardCharsets.UTF_8).length;
  }
}
