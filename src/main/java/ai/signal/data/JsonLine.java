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
      throw new RecordException("the line is %s, not a JSON object".formatted(kind(node)));
    } catch (JacksonException e) {
      throw new RecordException(
          "invalid JSON at column %d: %s"
              .formatted(e.getLocation().getColumnNr(), firstLine(e.getOriginalMessage())));
    } catch (IOException e) {
      throw new IllegalStateException("A parser over an array did input", e);
    }
  }

  /** The string under {@code field}, which must be there. */
  static String string(ObjectNode object, String field) throws RecordException {
    JsonNode value = object.get(field);
    if (!value.isTextual()) {
      throw new RecordException("'%s' is %s, not a string".formatted(field, kind(value)));
    }
    String text = value.textValue();
    // "\ud800" is good JSON but no Unicode text: tokenizers would silently read something else.
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new RecordException("'%s' has half of a surrogate pair".formatted(field));
    }
    return text;
  }

  private static CharBuffer decode(byte[] bytes, int length) throws RecordException {
    ByteBuffer input = ByteBuffer.wrap(bytes, 0, length);
    try {
      // A new decoder reports what is malformed; String would put replacement characters there.
      return StandardCharsets.UTF_8.newDecoder().decode(input);
    } catch (CharacterCodingException e) {
      throw new RecordException("not UTF-8 at byte " + (input.position() + 1) + " of the line", e);
    }
  }

  private static String kind(JsonNode node) {
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
