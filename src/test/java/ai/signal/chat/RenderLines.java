package ai.signal.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;

/**
 * Renders for src/goldens/chat/compare.py: each line of standard input is {@code {"template",
 * "variables"}}, each line of output {@code {"text", "generated"}} or {@code {"error"}}. Time
 * stands still.
 */
final class RenderLines {
  static final LocalDateTime NOW = LocalDateTime.of(2026, 2, 3, 4, 5, 6);

  private static final JsonMapper JSON = new JsonMapper();

  private RenderLines() {}

  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    Map<String, ChatTemplate> parsed = new HashMap<>();
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.println(JSON.writeValueAsString(render(JSON.readTree(line), parsed)));
      }
    }
    out.flush();
  }

  private static ObjectNode render(JsonNode job, Map<String, ChatTemplate> parsed) {
    ObjectNode result = JSON.createObjectNode();
    try {
      ChatTemplate template =
          parsed.computeIfAbsent(job.path("template").textValue(), ChatTemplate::parse);
      Map<?, ?> given = JSON.convertValue(job.path("variables"), Map.class);
      Map<String, Object> variables = new HashMap<>();
      given.forEach((name, value) -> variables.put((String) name, value));
      Rendered rendered = template.render(variables, () -> NOW);
      result.put("text", rendered.text());
      ArrayNode spans = result.putArray("generated");
      for (Rendered.Span span : rendered.generated()) {
        spans.add(rendered.text().substring(span.start(), span.end()));
      }
    } catch (ChatTemplateException e) {
      result.put("error", e.getMessage());
    }
    return result;
  }
}
