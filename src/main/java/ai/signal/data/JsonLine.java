package ai.signal.data;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** One line of a file as a JSON object, read strictly: bytes of one meaning, or a reason. */
final class JsonLine {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonLine() {}

  /**
   * @param bytes holds the line, without its newline, from 0 to {@code length}
   */
  static ObjectNode parse(byte[] bytes, int length) throws RecordException {
    CharBuffer line = decode(bytes, length);
    try (JsonParser parser =
        JSON.getFactory().createParser(line.array(), line.arrayOffset(), line.length())) {
      JsonNode node = JSON.readTree(parser);
      if (node instanceof ObjectNode object) {
        return object;
      }
      String kind = node == null ? "empty" : kind(node); // null behind the end of the text
      throw new RecordException("the line is %s, not a JSON object".formatted(kind));
    } catch (JacksonException e) {
      throw new RecordException(
          e.getLocation() == null // of text that breaks the parser's limits
              ? "JSON that is not read: " + firstLine(e.getOriginalMessage())
              : "invalid JSON at column %d: %s"
                  .formatted(e.getLocation().getColumnNr(), firstLine(e.getOriginalMessage())));
    } catch (IOException e) {
      throw new IllegalStateException("A parser over an array did input", e);
    }
  }

  /**
   * The value whose JSON text a field holds, read as strictly as a line.
   *
   * @throws RecordException if the text is not JSON
   */
  static JsonNode parseText(String text, String field) throws RecordException {
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      throw new RecordException(
          "'%s' is a string, but not JSON: %s".formatted(field, firstLine(e.getOriginalMessage())),
          e);
    }
  }

  /** The string under {@code field}, which must be there. */
  static String string(ObjectNode object, String field) throws RecordException {
    JsonNode value = object.get(field);
    if (!value.isTextual()) {
      throw new RecordException("'%s' is %s, not a string".formatted(field, kind(value)));
    }
    requireUnicode(value, field);
    return value.textValue();
  }

  /**
   * Checks all names and texts within a value. {@code "\\ud800"} is good JSON but no Unicode text:
   * tokenizers would silently read something else.
   *
   * @param path to the value, for messages, such as {@code messages.0.content}
   * @throws RecordException with the first place that has half of a surrogate pair
   */
  static void requireUnicode(JsonNode value, String path) throws RecordException {
    if (value.isTextual()) {
      requireUnicode(value.textValue(), path);
    } else if (value.isObject()) {
      for (Map.Entry<String, JsonNode> entry : value.properties()) {
        String place = path + "." + entry.getKey();
        requireUnicode(entry.getKey(), place);
        requireUnicode(entry.getValue(), place);
      }
    } else if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        requireUnicode(value.get(i), path + "." + i);
      }
    }
  }

  private static void requireUnicode(String text, String path) throws RecordException {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new RecordException("'%s' has half of a surrogate pair".formatted(path));
    }
  }

  /**
   * The numbers in a list.
   *
   * @param name of the list, for messages, such as {@code 'weights'}
   * @param least that each has to be
   */
  static float[] floats(JsonNode values, String name, double least) throws RecordException {
    if (!values.isArray()) {
      throw new RecordException("%s is %s, not a list of numbers".formatted(name, kind(values)));
    }
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      JsonNode value = values.get(i);
      floats[i] = value.floatValue();
      if (!value.isNumber() || !(floats[i] >= least) || Float.isInfinite(floats[i])) {
        String number = least == 0 ? "a finite number of at least 0" : "a finite number";
        throw new RecordException("%s has %s at %d, not %s".formatted(name, value, i, number));
      }
    }
    return floats;
  }

  /** The token ids in a list. */
  static int[] tokenIds(JsonNode values, String name) throws RecordException {
    if (!values.isArray()) {
      throw new RecordException("%s is %s, not a list of token ids".formatted(name, kind(values)));
    }
    int[] ids = new int[values.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode value = values.get(i);
      if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
        throw new RecordException("%s has %s at %d, not a token id".formatted(name, value, i));
      }
      ids[i] = value.intValue();
    }
    return ids;
  }

  /** The text of a line, which must be UTF-8. */
  static CharBuffer decode(byte[] bytes, int length) throws RecordException {
    ByteBuffer input = ByteBuffer.wrap(bytes, 0, length);
    try {
      // A new decoder reports what is malformed; String would put replacement characters there.
      return StandardCharsets.UTF_8.newDecoder().decode(input);
    } catch (CharacterCodingException e) {
      throw new RecordException("not UTF-8 at byte " + (input.position() + 1) + " of the line", e);
    }
  }

  /** What a value is, to end a message with. */
  static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case STRING -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> "a boolean";
      default -> "null";
    };
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }
}
