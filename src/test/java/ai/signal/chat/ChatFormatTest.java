package ai.signal.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.model.ModelFormatException;
import ai.signal.model.Tokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatFormatTest {
  private static final JsonNode TEMPLATES = Goldens.read("conversations.json").get("templates");
  private static final List<Map<String, Object>> CHAT =
      List.of(
          message("system", "Be brief."),
          message("user", "Hello"),
          message("assistant", "Hi 😀 there."),
          message("user", "Bye"),
          message("assistant", "Bye."));

  @TempDir private Path model;

  @Test
  void specialTokensAreTextOrObjects() throws IOException {
    write(
        "tokenizer_config.json",
        """
        {"bos_token": {"content": "<s>", "lstrip": false, "__type": "AddedToken"}, "eos_token": "</s>",
         "pad_token": null, "added_tokens_decoder": {}, "chat_template": "{{ bos_token }}{{ eos_token }}{{ pad_token }}"}
        """);
    write("special_tokens_map.json", "{\"bos_token\": \"<other>\"}");

    assertThat(text(Conversation.of(CHAT))).isEqualTo("<s></s>");
  }

  @Test
  void olderModelsHaveTheirTokensInTheOlderFile() throws IOException {
    write(
        "tokenizer_config.json",
        "{\"bos_token\": \"<s>\", \"chat_template\": \"{{ bos_token }}\"}");
    write("special_tokens_map.json", "{\"bos_token\": {\"content\": \"<other>\"}}");

    assertThat(text(Conversation.of(CHAT))).isEqualTo("<other>");
  }

  @Test
  void aTemplateFileComesBeforeTheConfig() throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": \"config\"}");
    write("chat_template.jinja", "file\n");

    assertThat(text(Conversation.of(CHAT))).isEqualTo("file");
  }

  @Test
  void toolsChooseTheirTemplate() throws IOException {
    write(
        "tokenizer_config.json",
        """
        {"chat_template": [{"name": "default", "template": "plain {{ tools }}"},
                           {"name": "tool_use", "template": "tools {{ tools | length }}"},
                           {"name": "rag", "template": "{% include 'never parsed' %}"}]}
        """);

    assertThat(text(Conversation.of(CHAT))).isEqualTo("plain None");
    assertThat(text(new Conversation(CHAT, Optional.of(List.of()), Map.of()))).isEqualTo("tools 0");
  }

  @Test
  void namedTemplatesMayBeFiles() throws IOException {
    write("chat_template.jinja", "plain");
    Files.createDirectory(model.resolve("additional_chat_templates"));
    write("additional_chat_templates/tool_use.jinja", "tools");

    assertThat(text(Conversation.of(CHAT))).isEqualTo("plain");
    assertThat(text(new Conversation(CHAT, Optional.of(List.of()), Map.of()))).isEqualTo("tools");
  }

  @Test
  void aModelWithoutTemplateIsRefused() throws IOException {
    assertThatThrownBy(() -> ChatFormat.open(model))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(
            "there is no chat_template.jinja, and no 'chat_template' in tokenizer_config.json");
    write("tokenizer_config.json", "{\"chat_template\": [{\"name\": 1}]}");
    assertThatThrownBy(() -> ChatFormat.open(model))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("'name' and 'template'");
    write("tokenizer_config.json", "{\"chat_template\": [{\"name\": \"a\", \"template\": \"\"}]}");
    assertThatThrownBy(() -> text(Conversation.of(CHAT)))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("templates named [a], but none named 'default'");
  }

  @Test
  void answersAreWhatFollowsTheirPrompt() throws IOException {
    write("chat_template.jinja", TEMPLATES.get("chatml").textValue());

    Rendered rendered = ChatFormat.open(model).applyForTraining(Conversation.of(CHAT));

    assertThat(rendered.text()).isEqualTo(text(Conversation.of(CHAT)));
    assertThat(Goldens.generated(rendered))
        .containsExactly("Hi 😀 there.<|im_end|>\n", "Bye.<|im_end|>\n");
  }

  @Test
  void answersMayFollowThePromptWithoutAHeader() throws IOException {
    write("tokenizer_config.json", "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\"}");
    write("chat_template.jinja", TEMPLATES.get("inst").textValue());

    Rendered rendered = ChatFormat.open(model).applyForTraining(Conversation.of(CHAT));

    assertThat(Goldens.generated(rendered)).containsExactly(" Hi 😀 there. </s>", " Bye. </s>");
  }

  @Test
  void aConversationMayEndWithEos() throws IOException {
    write("tokenizer_config.json", "{\"eos_token\": \"</s>\"}");
    write("chat_template.jinja", TEMPLATES.get("pipes").textValue());

    Rendered rendered = ChatFormat.open(model).applyForTraining(Conversation.of(CHAT));

    assertThat(Goldens.generated(rendered))
        .containsExactly("Hi 😀 there.<|end|>\n\n", "Bye.<|end|>\n\n</s>");
  }

  @Test
  void generationBlocksSayIt() throws IOException {
    write("chat_template.jinja", TEMPLATES.get("macros").textValue());

    Rendered rendered = ChatFormat.open(model).applyForTraining(Conversation.of(CHAT));

    assertThat(Goldens.generated(rendered))
        .containsExactly("Hi 😀 there.<|im_end|>\n", "Bye.<|im_end|>\n");
  }

  @Test
  void anAnswerWithoutAKnownPlaceIsRefused() throws IOException {
    write("chat_template.jinja", TEMPLATES.get("thinking").textValue());
    ChatFormat format = ChatFormat.open(model);

    assertThatThrownBy(() -> format.applyForTraining(Conversation.of(CHAT)))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("message 3 is the assistant's")
        .hasMessageContaining("in another way once more messages follow");
    assertThatThrownBy(() -> format.applyForTraining(Conversation.of(CHAT.subList(2, 4))))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("message 1 is the assistant's")
        .hasMessageContaining("in another way once more messages follow");
    write("chat_template.jinja", "{{ messages | length }}{{ messages[-1].content }}");
    ChatFormat counting = ChatFormat.open(model);
    assertThatThrownBy(() -> counting.applyForTraining(Conversation.of(CHAT)))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("the prompt for it is not how the conversation up to it begins");
    assertThatThrownBy(() -> Conversation.of(List.of()))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("no messages");
  }

  @Test
  void aTextHasOneBos() throws IOException {
    write("tokenizer_config.json", "{\"bos_token\": \"<s>\"}");
    write("chat_template.jinja", "{{ bos_token }}{{ messages[0].content }}");
    write(
        "tokenizer.json",
        """
        {"version": "1.0", "normalizer": null, "decoder": null,
         "added_tokens": [{"id": 0, "content": "<s>", "special": true, "single_word": false, "lstrip": false,
                           "rstrip": false, "normalized": false}],
         "pre_tokenizer": {"type": "Whitespace"},
         "post_processor": {"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}},
         "model": {"type": "WordLevel", "vocab": {"<s>": 0, "hello": 1, "?": 2}, "unk_token": "?"}}
        """);
    Rendered rendered =
        ChatFormat.open(model).apply(Conversation.of(List.of(message("user", "hello"))), false);

    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      assertThat(tokenizer.encodeWithSpecials(rendered.text())).containsExactly(0, 1);
      assertThat(rendered.encode(tokenizer).ids()).containsExactly(0, 1);
      assertThat(rendered.tokens(tokenizer::encode)).containsExactly(0, 1);
      assertThatThrownBy(() -> rendered.tokens(tokenizer::encodeWithSpecials))
          .isInstanceOf(ChatTemplateException.class)
          .hasMessageContaining("a second BOS");
    }
  }

  @Test
  void timeMayStandStill() throws IOException {
    write("chat_template.jinja", "{{ strftime_now('%Y-%m-%d %H:%M:%S') }}");

    assertThat(ChatFormat.open(model).at(RenderLines.NOW).apply(Conversation.of(CHAT), true).text())
        .isEqualTo("2026-02-03 04:05:06");
  }

  private String text(Conversation conversation) {
    return ChatFormat.open(model).apply(conversation, false).text();
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(model.resolve(name), content);
  }

  private static Map<String, Object> message(String role, String content) {
    return Map.of("role", role, "content", content);
  }
}
