package ai.signal.data;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A real tokenizer that a test can foresee: a token is a UTF-8 byte, its id the byte's value. */
final class ByteTokenizer {
  static final int BOS = 256;
  static final int EOS = 257;

  private ByteTokenizer() {}

  /** Writes the tokenizer's files, and no others of a model, to a new directory. */
  static Path write(Path model, boolean withBos) throws IOException {
    Files.createDirectories(model);
    JsonMapper json = new JsonMapper();
    List<Object> template =
        withBos
            ? List.of(special("SpecialToken", "<s>"), special("Sequence", "A"))
            : List.of(special("Sequence", "A"));
    Map<String, Object> tokenizer = new LinkedHashMap<>();
    tokenizer.put("version", "1.0");
    tokenizer.put("added_tokens", List.of(added("<s>", BOS), added("</s>", EOS)));
    tokenizer.put(
        "pre_tokenizer",
        Map.of(
            "type",
            "ByteLevel",
            "add_prefix_space",
            false,
            "trim_offsets",
            false,
            "use_regex",
            false));
    tokenizer.put(
        "decoder",
        Map.of(
            "type",
            "ByteLevel",
            "add_prefix_space",
            false,
            "trim_offsets",
            false,
            "use_regex",
            false));
    tokenizer.put(
        "post_processor",
        Map.of(
            "type",
            "TemplateProcessing",
            "single",
            template,
            "pair",
            List.of(special("Sequence", "A"), special("Sequence", "B")),
            "special_tokens",
            Map.of("<s>", Map.of("id", "<s>", "ids", List.of(BOS), "tokens", List.of("<s>")))));
    tokenizer.put("model", Map.of("type", "BPE", "vocab", vocabulary(), "merges", List.of()));
    Files.write(model.resolve("tokenizer.json"), json.writeValueAsBytes(tokenizer));
    Files.writeString(model.resolve("tokenizer_config.json"), "{\"eos_token\": \"</s>\"}");
    return model;
  }

  /** The alphabet of byte-level BPE: printable bytes stand for themselves, others from 256 on. */
  private static Map<String, Integer> vocabulary() {
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    int stand = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b > 32 && b < 127) || (b > 160 && b != 173);
      vocabulary.put(String.valueOf((char) (printable ? b : stand++)), b);
    }
    vocabulary.put("<s>", BOS);
    vocabulary.put("</s>", EOS);
    return vocabulary;
  }

  private static Map<String, Object> special(String type, String id) {
    return Map.of(type, Map.of("id", id, "type_id", 0));
  }

  private static Map<String, Object> added(String content, int id) {
    return Map.of(
        "id",
        id,
        "content",
        content,
        "special",
        true,
        "single_word",
        false,
        "lstrip",
        false,
        "rstrip",
        false,
        "normalized",
        false);
  }
}
