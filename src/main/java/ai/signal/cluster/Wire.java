package ai.signal.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Small records as text: Spark moves that with any serializer and class loader. */
final class Wire {
  private static final JsonMapper JSON = new JsonMapper();

  private Wire() {}

  static String write(Record value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write " + value, e);
    }
  }

  static <T extends Record> T read(String text, Class<T> type) {
    try {
      return JSON.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "Cannot read %s from %s".formatted(type.getSimpleName(), text), e);
    }
  }
}
