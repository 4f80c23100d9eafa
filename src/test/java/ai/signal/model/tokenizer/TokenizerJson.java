package ai.signal.model.tokenizer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes small tokenizers by hand, part by part. The base is a byte-level BPE with the 256 letters
 * of GPT-2, ids 2 to 257, after {@code <s>} and {@code </s>}.
 */
public final class TokenizerJson {
  /** ASCII letters alone, so that examples stay short. */
  static final String BPE =
      """
      {"type": "BPE", "unk_token": "<s>", "vocab": {"<s>": 0, "</s>": 1, "a": 2, "b": 3, "ab": 4, "\u0120": 5},
       "merges": ["a b"]}""";

  private final Map<String, String> parts = new LinkedHashMap<>();

  private TokenizerJson() {}

  /** A tokenizer that is valid. */
  public static TokenizerJson base() {
    return new TokenizerJson()
        .with("version", "\"1.0\"")
        .with("added_tokens", "[" + added(0, "<s>", "") + ", " + added(1, "</s>", "") + "]")
        .with("normalizer", "null")
        .with("pre_tokenizer", byteLevel())
        .with("post_processor", "null")
        .with("decoder", byteLevel())
        .with("model", BPE);
  }

  /** The same with another part. */
  public TokenizerJson with(String key, String json) {
    parts.put(key, json);
    return this;
  }

  static String byteLevel() {
    return "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": false}";
  }

  /** An added token; {@code changes} are further members, which replace nothing. */
  public static String added(int id, String content, String flags) {
    return """
        {"id": %d, "content": "%s", "single_word": false, "lstrip": %s, "rstrip": %s, "normalized": %s, "special": true}"""
        .formatted(
            id,
            content,
            flags.contains("lstrip"),
            flags.contains("rstrip"),
            flags.contains("normalized"));
  }

  @Override
  public String toString() {
    return parts.entrySet().stream()
        .map(part -> "\"" + part.getKey() + "\": " + part.getValue())
        .collect(Collectors.joining(",\n", "{", "}"));
  }

  /** Writes the file and returns it. */
  public Path write(Path directory) {
    try {
      return Files.writeString(directory.resolve("tokenizer.json"), toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
