package ai.signal.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Conversations through templates in the manner of each family of models, as transformers' {@code
 * apply_chat_template} renders them (src/goldens/chat).
 */
class ConversationsGoldenTest {
  private static final JsonNode GOLDEN = Goldens.read("conversations.json");

  @TempDir private Path models;

  @TestFactory
  List<DynamicContainer> templates() {
    List<DynamicContainer> templates = new ArrayList<>();
    for (Map.Entry<String, JsonNode> template : GOLDEN.get("templates").properties()) {
      templates.add(
          DynamicContainer.dynamicContainer(
              template.getKey(), tests(template.getKey(), format(template))));
    }
    return templates;
  }

  private ChatFormat format(Map.Entry<String, JsonNode> template) {
    ObjectNode config = GOLDEN.get("tokens").deepCopy();
    config.set("chat_template", template.getValue());
    config.set("added_tokens_decoder", Goldens.JSON.createObjectNode());
    Path model = models.resolve(template.getKey());
    try {
      Files.createDirectories(model);
      Goldens.JSON.writeValue(model.resolve("tokenizer_config.json").toFile(), config);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return ChatFormat.open(model).at(RenderLines.NOW);
  }

  private static List<DynamicTest> tests(String template, ChatFormat format) {
    List<DynamicTest> tests = new ArrayList<>();
    int next = 0;
    for (JsonNode chat : GOLDEN.get("cases")) {
      for (boolean prompt : new boolean[] {false, true}) {
        JsonNode golden = GOLDEN.get("renderings").get(template).get(next++);
        tests.add(
            DynamicTest.dynamicTest(
                chat.get("name").textValue() + (prompt ? " and a prompt" : ""),
                () -> check(golden, format, conversation(chat), prompt)));
      }
    }
    return tests;
  }

  private static Conversation conversation(JsonNode chat) {
    return new Conversation(
        Goldens.maps(chat.get("messages")),
        Optional.ofNullable(chat.get("tools")).map(Goldens::maps),
        chat.has("variables") ? Goldens.map(chat.get("variables")) : Map.of());
  }

  private static void check(
      JsonNode golden, ChatFormat format, Conversation conversation, boolean prompt) {
    if (golden.has("error")) {
      assertThatThrownBy(() -> format.apply(conversation, prompt))
          .asInstanceOf(InstanceOfAssertFactories.type(ChatTemplateException.class))
          .satisfies(e -> Goldens.assertSameRefusal(golden, e));
      return;
    }
    Rendered rendered = format.apply(conversation, prompt);
    assertThat(rendered.text()).isEqualTo(golden.get("text").textValue());
    assertThat(Goldens.generated(rendered)).isEqualTo(Goldens.strings(golden.get("generated")));
  }
}
