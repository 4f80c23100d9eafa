package ai.signal.model.tokenizer;

import ai.signal.model.ModelFormatException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;

/**
 * Parses JSON so that serde_json, which parses the same bytes afterwards, cannot see anything else:
 * duplicate keys, unpaired surrogates and numbers out of range are refused, which serde_json
 * resolves in another way or panics on (the decoder's {@code expect("Helper")}).
 */
final class StrictJson {
  /** Components nest by Sequence only; serde_json itself stops at 128. */
  private static final int MAX_DEPTH = 24;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(64)
                          .maxStringLength(TokenizerFile.MAX_BYTES)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  /**
   * Parses one JSON object.
   *
   * @throws ModelFormatException where the bytes are anything else
   */
  static Part parse(byte[] json, Path file) {
    JsonNode root;
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      root = MAPPER.readTree(text);
    } catch (CharacterCodingException e) {
      throw refusal("is not UTF-8 text", file, e);
    } catch (JsonProcessingException e) {
      throw refusal("is not valid JSON: " + e.getOriginalMessage(), file, e);
    }
    if (!root.isObject()) {
      throw refusal("is not a JSON object", file, null);
    }
    check(root, file);
    return new Part(file, "", root);
  }

  private static void check(JsonNode node, Path file) {
    if (node.isTextual()) {
      checkText(node.textValue(), file);
    } else if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
      throw refusal("has a number that is out of range", file, null);
    }
    if (node.isObject()) {
      for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
        checkText(names.next(), file);
      }
    }
    for (JsonNode child : node) {
      check(child, file);
    }
  }

  private static void checkText(String text, Path file) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          throw refusal(
              "has half a surrogate pair, \\u%04x, in a string".formatted((int) c), file, null);
        }
        i++;
      }
    }
  }

  private static ModelFormatException refusal(String problem, Path file, Exception cause) {
    return new ModelFormatException("tokenizer", "tokenizer.json " + problem, file, cause);
  }
}
