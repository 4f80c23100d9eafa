package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.model.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleEncoderTest {
  private static final int BOS = ByteTokenizer.BOS;
  private static final int EOS = ByteTokenizer.EOS;

  @TempDir private Path model;

  @Test
  void learnsEveryTokenOfATextAfterTheFirst() throws Exception {
    check(new TrainingRecord.Text("ab"), true, 9, new int[] {BOS, 'a', 'b', EOS}, 1, 1, 1);
    check(new TrainingRecord.Text("ab"), false, 9, new int[] {'a', 'b', EOS}, 1, 1);
    check(new TrainingRecord.Text("é"), false, 9, new int[] {0xC3, 0xA9, EOS}, 1, 1);
  }

  @Test
  void learnsACompletionAndItsEndButNotThePrompt() throws Exception {
    var record = new TrainingRecord.Completion("pq", "xy");
    check(record, true, 9, new int[] {BOS, 'p', 'q', 'x', 'y', EOS}, 0, 0, 1, 1, 1);
    check(record, false, 9, new int[] {'p', 'q', 'x', 'y', EOS}, 0, 1, 1, 1);
  }

  @Test
  void learnsACompletionWithoutAPrompt() throws Exception {
    var record = new TrainingRecord.Completion("", "xy");
    check(record, true, 9, new int[] {BOS, 'x', 'y', EOS}, 1, 1, 1);
    check(record, false, 9, new int[] {'x', 'y', EOS}, 1, 1);
  }

  @Test
  void bosAndEosThatAreSpelledOutCountOnce() throws Exception {
    int[] text = {BOS, 'a', 'b', EOS};
    check(new TrainingRecord.Text("<s>ab</s>"), true, 9, text, 1, 1, 1);
    check(new TrainingRecord.Text("ab</s>"), false, 9, new int[] {'a', 'b', EOS}, 1, 1);
    int[] pair = {BOS, 'p', 'x', EOS};
    check(new TrainingRecord.Completion("<s>p", "x</s>"), true, 9, pair, 0, 1, 1);
    check(new TrainingRecord.Completion("p", "x"), true, 9, pair, 0, 1, 1);
    // Within a text, and at the end of a prompt, they are the text's own.
    int[] own = {BOS, 'p', EOS, 'x', BOS, EOS};
    check(new TrainingRecord.Completion("p</s>", "x<s></s>"), true, 9, own, 0, 0, 1, 1, 1);
    check(
        new TrainingRecord.Completion("p</s>", ""),
        true,
        9,
        new int[] {BOS, 'p', EOS, EOS},
        0,
        0,
        1);
    check(new TrainingRecord.Text(""), true, 9, new int[] {BOS, EOS}, 1);
    try (Tokenizer tokenizer = Tokenizer.load(ByteTokenizer.write(model, true))) {
      ExampleEncoder encoder = ExampleEncoder.of(model, tokenizer, 64);
      List<ExampleEncoder.Sequence> answers =
          encoder.encode(
              new TrainingRecord.Scored(
                  "<s>p",
                  List.of(
                      new TrainingRecord.Response("y</s>", null, 1, null),
                      new TrainingRecord.Response("n", null, 0, null))));
      assertThat(answers.get(0).tokens()).containsExactly(BOS, 'p', 'y', EOS);
      assertThat(answers.get(1).tokens()).containsExactly(BOS, 'p', 'n', EOS);
    }
  }

  /** A tokenizer that begins every text with a space must not begin a completion with one. */
  @Test
  void aCompletionHasTheTokensThatItHasInTheWholeText() throws Exception {
    Path llama = Path.of("src/test/resources/tokenization/llama2");
    try (Tokenizer tokenizer = Tokenizer.load(llama)) {
      ExampleEncoder encoder = ExampleEncoder.of(llama, tokenizer, 64);
      for (String[] pair :
          List.of(new String[] {"Question\n", "Paris"}, new String[] {"Answer:", " Paris"})) {
        int[] tokens =
            encoder.encode(new TrainingRecord.Completion(pair[0], pair[1])).get(0).tokens();
        int[] whole = tokenizer.encodeWithSpecials(pair[0] + pair[1] + "</s>");
        assertThat(tokens).containsExactly(whole);
        assertThat(Arrays.copyOfRange(tokens, tokens.length - 3, tokens.length - 1))
            .isNotEqualTo(tokenizer.encode("▁Paris"));
      }
      // "Ques" and "tion" are one word of the whole, but a prompt ends in its own tokens.
      int[] prompt = tokenizer.encodeWithSpecials("The Ques");
      int[] across =
          encoder.encode(new TrainingRecord.Completion("The Ques", "tion")).get(0).tokens();
      assertThat(across).startsWith(prompt);
      assertThat(tokenizer.decode(across)).isEqualTo("The Question");
      assertThat(across).isNotEqualTo(tokenizer.encodeWithSpecials("The Question</s>"));
    }
  }

  @Test
  void aPreferenceIsTwoCompletionsOfItsPrompt() throws Exception {
    try (Tokenizer tokenizer = Tokenizer.load(ByteTokenizer.write(model, true))) {
      ExampleEncoder encoder = ExampleEncoder.of(model, tokenizer, 64);
      List<ExampleEncoder.Sequence> pair =
          encoder.encode(new TrainingRecord.Preference("p", "yes", "no"));
      assertThat(pair).hasSize(2);
      assertThat(pair.get(0).tokens()).containsExactly(BOS, 'p', 'y', 'e', 's', EOS);
      assertThat(pair.get(0).weights()).containsExactly(0, 1, 1, 1, 1);
      assertThat(pair.get(1).tokens()).containsExactly(BOS, 'p', 'n', 'o', EOS);
      assertThat(pair.get(1).weights()).containsExactly(0, 1, 1, 1);
    }
  }

  static final String TEMPLATE =
      "{{ bos_token }}{% for m in messages %}{% if m.role == 'robot' %}{{ raise_exception('no robots') }}{% endif %}"
          + "{{ m.role[0] }}:{{ m.content }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}a:{% endif %}";

  private TrainingRecord record(String json) throws RecordException {
    byte[] line = json.getBytes(StandardCharsets.UTF_8);
    return new RecordReader(DataFormat.AUTO, new DataFormat[1], Map.of())
        .read(new Line(0, 0, line, line.length));
  }

  private void writeTemplate() throws Exception {
    ByteTokenizer.write(model, true);
    Files.writeString(model.resolve("chat_template.jinja"), TEMPLATE);
    Files.writeString(
        model.resolve("tokenizer_config.json"),
        "{\"eos_token\": \"</s>\", \"bos_token\": \"<s>\"}");
  }

  @Test
  void learnsWhatTheAssistantSaysByTheModelsTemplate() throws Exception {
    writeTemplate();
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      ExampleEncoder encoder = ExampleEncoder.of(model, tokenizer, 64);
      String json =
          "{\"messages\": [{\"role\": \"user\", \"content\": \"p\"}, {\"role\": \"assistant\", \"content\": \"xy\"},"
              + " {\"role\": \"user\", \"content\": \"q\"}, {\"role\": \"assistant\", \"content\": \"z\"}]}";
      ExampleEncoder.Sequence sequence = encoder.encode(record(json)).get(0);
      // One BOS, the template's own.
      assertThat(sequence.tokens())
          .containsExactly(
              BOS, 'u', ':', 'p', EOS, 'a', ':', 'x', 'y', EOS, 'u', ':', 'q', EOS, 'a', ':', 'z',
              EOS);
      assertThat(sequence.weights())
          .containsExactly(0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1);
      ExampleEncoder.Sequence cut =
          ExampleEncoder.of(model, tokenizer, 8).encode(record(json)).get(0);
      assertThat(cut.weights()).containsExactly(0, 0, 0, 0, 0, 0, 1);
      assertThat(cut.truncated()).isTrue();
    }
  }

  @Test
  void messagesThatSpellOutWhatTheTemplateWritesHaveItOnce() throws Exception {
    ByteTokenizer.write(model, true);
    Files.writeString(
        model.resolve("chat_template.jinja"),
        "{{ bos_token }}{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}");
    Files.writeString(
        model.resolve("tokenizer_config.json"),
        "{\"eos_token\": \"</s>\", \"bos_token\": \"<s>\"}");
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      String json =
          "{\"messages\": [{\"role\": \"user\", \"content\": \"<s>p<s></s>\"}, {\"role\": \"assistant\", \"content\": \"x</s>\"}]}";
      ExampleEncoder.Sequence sequence =
          ExampleEncoder.of(model, tokenizer, 64).encode(record(json)).get(0);
      // What is neither at the beginning nor learnt is the user's own.
      assertThat(sequence.tokens()).containsExactly(BOS, 'p', BOS, EOS, EOS, 'x', EOS);
      assertThat(sequence.weights()).containsExactly(0, 0, 0, 0, 1, 1);
    }
  }

  @Test
  void aConversationThatCannotBeUsedIsARecordsFault() throws Exception {
    writeTemplate();
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      ExampleEncoder encoder = ExampleEncoder.of(model, tokenizer, 64);
      String robot =
          "{\"messages\": [{\"role\": \"robot\", \"content\": \"p\"}, {\"role\": \"assistant\", \"content\": \"x\"}]}";
      assertThatThrownBy(() -> encoder.encode(record(robot)))
          .isInstanceOf(RecordException.class)
          .hasMessageContaining("no robots");
      assertThatThrownBy(() -> record("{\"messages\": [{\"role\": \"user\", \"content\": \"p\"}]}"))
          .isInstanceOf(RecordException.class)
          .hasMessageContaining("none of 'messages' is the assistant's");
      assertThatThrownBy(() -> record("{\"messages\": 3}")).isInstanceOf(RecordException.class);
      assertThatThrownBy(() -> record("{\"messages\": [{\"content\": \"p\"}]}"))
          .hasMessageContaining("needs a 'role'");
    }
    Files.delete(model.resolve("chat_template.jinja"));
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      ExampleEncoder without = ExampleEncoder.of(model, tokenizer, 64);
      TrainingRecord hello =
          record("{\"messages\": [{\"role\": \"assistant\", \"content\": \"x\"}]}");
      assertThatThrownBy(() -> without.encode(hello))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("Cannot use messages");
    }
  }

  @Test
  void cutsAtTheMaximalLength() throws Exception {
    var text = new TrainingRecord.Text("abc");
    check(text, true, 5, new int[] {BOS, 'a', 'b', 'c', EOS}, 1, 1, 1, 1);
    var pair = new TrainingRecord.Completion("p", "xyz");
    try (Tokenizer tokenizer = Tokenizer.load(ByteTokenizer.write(model, true))) {
      ExampleEncoder.Sequence cut = ExampleEncoder.of(model, tokenizer, 4).encode(pair).get(0);
      assertThat(cut.tokens()).containsExactly(BOS, 'p', 'x', 'y');
      assertThat(cut.weights()).containsExactly(0, 1, 1);
      assertThat(cut.truncated()).isTrue();
      assertThat(cut.teaches()).isTrue();
      ExampleEncoder.Sequence prompt = ExampleEncoder.of(model, tokenizer, 2).encode(pair).get(0);
      assertThat(prompt.weights()).containsExactly(0);
      assertThat(prompt.teaches()).isFalse();
    }
  }

  @Test
  void takesTheEndTokenFromTheTokenizerOrElseTheModel() throws Exception {
    try (Tokenizer tokenizer = Tokenizer.load(ByteTokenizer.write(model, true))) {
      assertThat(EosToken.of(model, tokenizer)).isEqualTo(EOS);
      eosToken("{\"content\": \"<s>\", \"lstrip\": false}");
      assertThat(EosToken.of(model, tokenizer)).isEqualTo(BOS);
      eosToken("\"ab\"");
      assertThatThrownBy(() -> EosToken.of(model, tokenizer))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("eos_token 'ab' is 2 tokens, not one");
      eosToken("null");
      Files.writeString(
          model.resolve("config.json"),
          """
          {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8,
           "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
           "num_key_value_heads": 1, "vocab_size": 258, "max_position_embeddings": 64,
           "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": true,
           "hidden_act": "silu", "eos_token_id": [99, 7]}
          """);
      assertThat(EosToken.of(model, tokenizer)).isEqualTo(99);
    }
  }

  private void eosToken(String json) throws Exception {
    Files.writeString(model.resolve("tokenizer_config.json"), "{\"eos_token\": " + json + "}");
  }

  private void check(
      TrainingRecord record, boolean withBos, int maxLength, int[] tokens, float... weights)
      throws Exception {
    try (Tokenizer tokenizer = Tokenizer.load(ByteTokenizer.write(model, withBos))) {
      ExampleEncoder.Sequence sequence =
          ExampleEncoder.of(model, tokenizer, maxLength).encode(record).get(0);
      assertThat(sequence.tokens()).containsExactly(tokens);
      assertThat(sequence.weights()).containsExactly(weights);
      assertThat(sequence.truncated()).isFalse();
      assertThat(sequence.teaches()).isTrue();
    }
  }
}
