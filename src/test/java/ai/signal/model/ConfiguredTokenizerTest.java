package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Settings next to tokenizer.json change tokens as they do in transformers (src/goldens). */
class ConfiguredTokenizerTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Path GOLDENS = Path.of("src/test/resources/tokenization");

  @TempDir private Path model;

  static Stream<Arguments> cases() throws IOException {
    JsonNode goldens = JSON.readTree(GOLDENS.resolve("configured.json").toFile());
    return StreamSupport.stream(goldens.get("cases").spliterator(), false)
        .map(one -> Arguments.of(one.get("name").textValue(), one, goldens.get("texts")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void tokensAreThoseOfTransformers(String name, JsonNode one, JsonNode texts) throws IOException {
    write(one);
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      int[] before = tokenizer.encodeWithSpecials("");
      int[] empty = ids(one, texts.size() - 1, 1);
      int after = empty.length - before.length; // EOS, which is never added
      assertThat(before).containsExactly(Arrays.copyOf(empty, before.length));
      assertThat(after).isEqualTo(name.equals("both flags") ? 1 : 0);
      for (int i = 0; i < texts.size(); i++) {
        String text = texts.get(i).textValue();
        assertThat(tokenizer.encode(text)).as(text).containsExactly(ids(one, i, 0));
        int[] framed = ids(one, i, 1);
        boolean twice = before.length == 1 && framed.length > 1 && framed[1] == before[0];
        assertThat(tokenizer.encodeWithSpecials(text))
            .as(text)
            .containsExactly(Arrays.copyOfRange(framed, twice ? 1 : 0, framed.length - after));
      }
    }
  }

  private void write(JsonNode one) throws IOException {
    Path family = GOLDENS.resolve(one.get("family").textValue());
    ObjectNode tokenizer = (ObjectNode) JSON.readTree(family.resolve("tokenizer.json").toFile());
    tokenizer.setAll((ObjectNode) one.get("members"));
    JSON.writeValue(model.resolve("tokenizer.json").toFile(), tokenizer);
    for (Iterator<String> files = one.get("files").fieldNames(); files.hasNext(); ) {
      String file = files.next();
      JSON.writeValue(model.resolve(file).toFile(), one.get("files").get(file));
    }
  }

  private static int[] ids(JsonNode one, int text, int framed) {
    JsonNode ids = one.get("ids").get(text).get(framed);
    return IntStream.range(0, ids.size()).map(i -> ids.get(i).intValue()).toArray();
  }

  /** Only tokenizer_config.json names the marks of builtin:tiny's template. */
  @Test
  void specialTokensMayBeNamedOnlyInTheConfiguration() throws IOException {
    Path tiny = ModelSource.resolve("builtin:tiny");
    ObjectNode tokenizer = (ObjectNode) JSON.readTree(tiny.resolve("tokenizer.json").toFile());
    ArrayNode kept = JSON.createArrayNode();
    ArrayNode names = JSON.createArrayNode();
    for (JsonNode token : tokenizer.get("added_tokens")) {
      String content = token.get("content").textValue();
      ((ObjectNode) tokenizer.at("/model/vocab")).put(content, token.get("id").intValue());
      if (content.startsWith("<|")) {
        names.add(content);
      } else {
        kept.add(token);
      }
    }
    tokenizer.set("added_tokens", kept);
    JSON.writeValue(model.resolve("tokenizer.json").toFile(), tokenizer);
    String chat = "<s><|user|>Hi<|assistant|>Hello</s>";
    assertThat(encode(chat)).hasSizeGreaterThan(20);
    JSON.writeValue(
        model.resolve("tokenizer_config.json").toFile(),
        JSON.createObjectNode().set("additional_special_tokens", names));
    assertThat(encode(chat)).containsExactly(0, 4, 78, 111, 5, 78, 349, 117, 1);
  }

  private int[] encode(String text) {
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      return tokenizer.encode(text);
    }
  }

  @Test
  void hostileTokensOfTheConfigurationAreRefused() throws IOException {
    TokenizerFiles.write(model, List.of("<s>"), List.of(), "");
    String lstrip = "{\"content\": \"%s\", \"lstrip\": true, \"normalized\": false}";
    refused(lstrip.formatted(" "), "added_tokens[3] is white space alone and has lstrip");
    refused(lstrip.formatted("x".repeat(513)), "has 513 characters; at most 512 are allowed");
    refused("{\"lstrip\": true}", "has 'added_tokens_decoder.900' = '{\"lstrip\":true}'");
    refused("5", "tokenizer_config.json has '");
    config("{\"added_tokens_decoder\": {\"-1\": \"a\"}}");
    assertThatThrownBy(() -> Tokenizer.load(model))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("the key '-1' in added_tokens_decoder, which is no id");
    config("{\"tokenizer_class\": \"LlamaTokenizer\", \"bos_token\": null}");
    assertThatThrownBy(() -> Tokenizer.load(model))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("has add_bos_token, but bos_token is no token of tokenizer.json");
  }

  private void refused(String token, String problem) throws IOException {
    config("{\"added_tokens_decoder\": {\"900\": %s}}".formatted(token));
    assertThatThrownBy(() -> Tokenizer.load(model))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(problem);
  }

  private void config(String json) throws IOException {
    Files.writeString(model.resolve("tokenizer_config.json"), json);
  }
}
