package ai.signal.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a byte-level BPE tokenizer.json: ids 0 to 2 are {@code <s>}, {@code </s>} and {@code
 * <pad>}, then 256 bytes, then merges.
 */
final class TokenizerFiles {
  static final int BYTES = 3;
  static final int MERGES = BYTES + 256;

  private TokenizerFiles() {}

  /**
   * Writes the file.
   *
   * @param before special tokens that the post-processor puts in front of a text
   * @param after and behind it
   * @param extra further top-level members, starting with a comma
   */
  static Path write(Path directory, List<String> before, List<String> after, String extra) {
    Map<String, Integer> vocabulary = new LinkedHashMap<>(Map.of("<s>", 0, "</s>", 1, "<pad>", 2));
    List<String> letters = byteLetters();
    for (int b = 0; b < 256; b++) {
      vocabulary.put(letters.get(b), BYTES + b);
    }
    List<String> merges = List.of("h e", "l l", "he ll", "hell o", "\u0120 w");
    for (int i = 0; i < merges.size(); i++) {
      vocabulary.put(merges.get(i).replace(" ", ""), MERGES + i);
    }
    return LlamaFiles.text(
        directory.resolve("tokenizer.json"),
        """
        {"version": "1.0", "normalizer": null, "post_processor": %s,
         "added_tokens": [%s, %s, %s],
         "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
         "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
         "model": {"type": "BPE", "vocab": %s, "merges": %s}%s}
        """
            .formatted(
                template(before, after),
                added(0, "<s>"),
                added(1, "</s>"),
                added(2, "<pad>"),
                json(vocabulary),
                json(merges),
                extra));
  }

  private static String template(List<String> before, List<String> after) {
    List<Object> single = new ArrayList<>();
    before.forEach(token -> single.add(Map.of("SpecialToken", Map.of("id", token, "type_id", 0))));
    single.add(Map.of("Sequence", Map.of("id", "A", "type_id", 0)));
    after.forEach(token -> single.add(Map.of("SpecialToken", Map.of("id", token, "type_id", 0))));
    Map<String, Object> tokens =
        Map.of(
            "<s>", Map.of("id", "<s>", "ids", List.of(0), "tokens", List.of("<s>")),
            "</s>", Map.of("id", "</s>", "ids", List.of(1), "tokens", List.of("</s>")));
    return json(
        Map.of(
            "type",
            "TemplateProcessing",
            "single",
            single,
            "pair",
            single,
            "special_tokens",
            tokens));
  }

  private static String added(int id, String token) {
    return "{\"id\": %d, \"content\": \"%s\", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false, \"special\": true}"
        .formatted(id, token);
  }

  /** GPT-2's printable stand-ins for the 256 bytes. */
  private static List<String> byteLetters() {
    List<String> letters = new ArrayList<>();
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      letters.add(Character.toString(printable ? b : next++));
    }
    return letters;
  }

  private static String json(Object value) {
    try {
      return new ObjectMapper().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
