package ai.signal.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What transformers rendered. */
final class Goldens {
  static final JsonMapper JSON = new JsonMapper();

  private Goldens() {}

  static JsonNode read(String name) {
    try (InputStream in = Goldens.class.getResourceAsStream("/chat/" + name)) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Map<String, Object> map(JsonNode object) {
    return JSON.convertValue(object, new TypeReference<Map<String, Object>>() {});
  }

  static List<Map<String, Object>> maps(JsonNode array) {
    return JSON.convertValue(array, new TypeReference<List<Map<String, Object>>>() {});
  }

  static List<String> strings(JsonNode array) {
    return JSON.convertValue(array, new TypeReference<List<String>>() {});
  }

  static List<String> generated(Rendered rendered) {
    List<String> parts = new ArrayList<>();
    for (Rendered.Span span : rendered.generated()) {
      parts.add(rendered.text().substring(span.start(), span.end()));
    }
    return parts;
  }

  /** Where the template itself refused, its own words must come out. */
  static void assertSameRefusal(JsonNode golden, ChatTemplateException e) {
    String error = golden.get("error").textValue();
    if (error.startsWith("TemplateError: ")) {
      assertThat(e.raised()).hasValue(error.substring("TemplateError: ".length()));
    } else {
      assertThat(e.raised()).isEmpty();
    }
  }
}
