package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.model.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records as other tools write them. */
class ForeignRecordsTest {
  private static final String HI = "{'role': 'user', 'content': 'p'}";
  private static final String HELLO = "{'role': 'assistant', 'content': 'xy'}";

  @TempDir private Path model;

  @BeforeEach
  void writeModel() throws IOException {
    ByteTokenizer.write(model, true);
    Files.writeString(model.resolve("chat_template.jinja"), ExampleEncoderTest.TEMPLATE);
    Files.writeString(
        model.resolve("tokenizer_config.json"),
        "{\"eos_token\": \"</s>\", \"bos_token\": \"<s>\"}");
  }

  @Test
  void shareGptIsReadAsMessages() throws Exception {
    String foreign =
        "{'id': 'a1', 'conversations': [{'from': 'system', 'value': 'k'}, {'from': 'human', 'value': 'p'},"
            + " {'from': 'gpt', 'value': 'xy'}, {'from': 'observation', 'value': 'o'},"
            + " {'from': 'gpt', 'value': 'z'}]}";
    String ours =
        "{'messages': [{'role': 'system', 'content': 'k'}, %s, %s, {'role': 'tool', 'content': 'o'},"
            + " {'role': 'assistant', 'content': 'z'}]}";
    same(foreign, ours.formatted(HI, HELLO));
    same(
        "{'system': 'k', 'conversations': [{'from': 'user', 'value': 'p'}, {'from': 'assistant', 'value': 'xy'}]}",
        "{'messages': [{'role': 'system', 'content': 'k'}, %s, %s]}".formatted(HI, HELLO));
    // With a call of a tool as its JSON.
    TrainingRecord.Messages call =
        (TrainingRecord.Messages)
            read(
                "{'conversations': [{'from': 'human', 'value': 'p'},"
                    + " {'from': 'function_call', 'value': '{\\'name\\': \\'f\\', \\'arguments\\': {}}'}],"
                    + " 'tools': '[{\\'name\\': \\'f\\'}]'}");
    assertThat(call.conversation().messages().get(1))
        .containsEntry(
            "tool_calls",
            List.of(
                Map.of(
                    "type", "function", "function", Map.of("name", "f", "arguments", Map.of()))));
    assertThat(call.conversation().tools().orElseThrow()).isEqualTo(List.of(Map.of("name", "f")));
  }

  @Test
  void theInputOfAlpacaBelongsToThePrompt() throws Exception {
    assertThat(read("{'instruction': 'ask', 'input': 'cup', 'output': 'y'}"))
        .isEqualTo(new TrainingRecord.Completion("ask\ncup", "y"));
    assertThat(read("{'instruction': 'ask', 'input': '', 'output': 'y'}"))
        .isEqualTo(new TrainingRecord.Completion("ask", "y"));
    assertThat(read("{'instruction': 'ask', 'output': 'y'}"))
        .isEqualTo(new TrainingRecord.Completion("ask", "y"));
  }

  @Test
  void aLabelOfMinus100WeighsNothing() throws Exception {
    for (String line :
        List.of(
            "{'input_ids': [7, 8, 9, 10], 'labels': [-100, -100, 9, 10], 'attention_mask': [1, 1, 1, 1]}",
            "{'input_ids': [7, 8, 9, 10], 'completion_mask': [0, 0, 1, 1]}",
            "{'input_ids': [7, 8, 9, 10], 'assistant_masks': [false, false, true, true]}",
            "{'token_ids': [7, 8, 9, 10], 'weights': [false, false, true, true]}",
            "{'token_ids': [7, 8, 9, 10, 0], 'labels': [-100, -100, 9, 10, -100], 'attention_mask': [true, true, true, true, false]}",
            "{'token_ids': {'ids': [7, 8, 9, 10], 'attention_mask': [true, true, true, true]}, 'labels': [-100, 8, 9, 10], 'weights': [1, 0, 1, 1]}")) {
      ExampleEncoder.Sequence sequence = encode(line);
      assertThat(sequence.tokens()).as(line).containsExactly(7, 8, 9, 10);
      assertThat(sequence.weights()).as(line).containsExactly(0, 1, 1);
    }
  }

  @Test
  void listsMayBeJsonText() throws Exception {
    String text =
        "{'messages': '[{\\'role\\': \\'user\\', \\'content\\': \\'p\\'}, {\\'role\\': \\'assistant\\', \\'content\\': \\'xy\\'}]',"
            + " 'tools': '[{\\'name\\': \\'f\\'}]'}";
    String lists = "{'messages': [%s, %s], 'tools': [{'name': 'f'}]}".formatted(HI, HELLO);
    assertThat(read(text)).isEqualTo(read(lists));
  }

  @Test
  void aTurnOfWeight0IsContextOnly() throws Exception {
    String turns =
        "{'messages': [%s, {'role': 'assistant', 'content': 'xy', 'weight': 0}, %s, {'role': 'assistant', 'content': 'z', 'weight': 1}]}"
            .formatted(HI, HI);
    ExampleEncoder.Sequence all = encode(turns.replaceAll(", 'weight': [01]", ""));
    float[] learnt = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1};
    for (boolean blocks : List.of(false, true)) {
      if (blocks) {
        Files.writeString(
            model.resolve("chat_template.jinja"),
            "{{ bos_token }}{% for m in messages %}{{ m.role[0] }}:{% if m.role == 'assistant' %}{% generation %}"
                + "{{ m.content }}{{ eos_token }}{% endgeneration %}{% else %}{{ m.content }}{{ eos_token }}{% endif %}{% endfor %}");
      }
      ExampleEncoder.Sequence some = encode(turns);
      assertThat(some.tokens()).containsExactly(all.tokens());
      assertThat(some.weights()).as("blocks %s", blocks).containsExactly(learnt);
    }
  }

  @Test
  void theAssistantMaySpeakFirst() throws Exception {
    ExampleEncoder.Sequence sequence =
        encode("{'messages': [%s, %s, %s]}".formatted(HELLO, HI, HELLO));
    int bos = ByteTokenizer.BOS;
    int eos = ByteTokenizer.EOS;
    assertThat(sequence.tokens())
        .containsExactly(bos, 'a', ':', 'x', 'y', eos, 'u', ':', 'p', eos, 'a', ':', 'x', 'y', eos);
    assertThat(sequence.weights()).containsExactly(0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'conversations': [{'from': 'narrator', 'value': 'x'}]} | 'conversations.0.from' is 'narrator', which is no speaker (such as human, gpt, system, tool)
          {'conversations': [{'from': 'gpt'}]}                | 'conversations.0' needs 'from' and 'value', two texts
          {'conversations': [null]}                           | 'conversations.0' is null, not a turn
          {'conversations': 3}                                | 'conversations' is a number, not a list of turns
          {'conversations': [{'from': 'human', 'value': 'x'}]} | none of 'messages' is the assistant's: nothing to learn
          {'messages': '{]'}                                  | 'messages' is a string, but not JSON: Unexpected close marker ']': expected '}' (for Object starting at [Source: (String)"{]"; line: 1, column: 1])
          {'messages': '3'}                                   | 'messages' is no list of objects
          {'messages': [{'role': 'assistant', 'content': 'x', 'weight': 0.5}]} | 'messages.0.weight' is 0.5, not 0 or 1
          {'messages': [{'role': 'assistant', 'content': 'x', 'weight': 0}]} | every turn of the assistant has weight 0: nothing to learn
          {'messages': [{'role': 'assistant', 'content': 'x', 'weights': 0}]} | 'weights' is not a field here; did you mean 'weight'? (messages have 'role', 'content' and what their template reads)
          {'token_ids': [7, 8], 'labels': [7, 9]}             | 'labels' has 9 at 1, not the token 8 that stands there or -100
          {'token_ids': [7, 8], 'labels': [7]}                | 'labels' is a list of 1 for 2 tokens
          {'token_ids': [7, 8], 'weights': [true, 1]}         | 'weights' has true at 0, not a finite number of at least 0
          {'instruction': 'a', 'output': 'b', 'inputs': []}  | 'inputs' is not a field here; did you mean 'input'? (a record has 'instruction' and 'output', and 'input' where there is one)
          """)
  void namesWhatIsWrong(String line, String reason) {
    assertThatThrownBy(() -> encode(line)).isInstanceOf(RecordException.class).hasMessage(reason);
  }

  @Test
  void unknownKeysOfMessagesAreIgnoredWhereUnknownFieldsAre() throws Exception {
    String mood = "{'messages': [%s, {'role': 'assistant', 'content': 'xy', 'mood': 1}], 'id': 3}";
    RecordReader named =
        new RecordReader(DataFormat.AUTO, new DataFormat[1], Map.of("messages", "messages"));
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      ExampleEncoder encoder = ExampleEncoder.of(model, tokenizer, 64);
      byte[] line = mood.formatted(HI).replace('\'', '"').getBytes(StandardCharsets.UTF_8);
      assertThat(encoder.encode(named.read(new Line(0, 0, line, line.length)))).hasSize(1);
    }
  }

  /** Columns that other formats have stay columns like any other. */
  @Test
  void otherNamesForFieldsAreNotMixedWithNewFields() throws Exception {
    String line =
        "{'q': 'p', 'completion': 'c', 'id': 1, 'input': 'i', 'labels': [1], 'system': 's', 'conversations': []}";
    byte[] bytes = line.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    assertThat(
            new RecordReader(DataFormat.AUTO, new DataFormat[1], Map.of("prompt", "q"))
                .read(new Line(0, 0, bytes, bytes.length)))
        .isEqualTo(new TrainingRecord.Completion("p", "c"));
  }

  private void same(String foreign, String ours) throws Exception {
    assertThat(encode(foreign).tokens()).containsExactly(encode(ours).tokens());
    assertThat(encode(foreign).weights()).containsExactly(encode(ours).weights());
  }

  private ExampleEncoder.Sequence encode(String line) throws Exception {
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      return ExampleEncoder.of(model, tokenizer, 64).encode(read(line)).get(0);
    }
  }

  private static TrainingRecord read(String line) throws RecordException {
    byte[] bytes = line.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    RecordReader reader = new RecordReader(DataFormat.AUTO, new DataFormat[1], Map.of());
    return reader.read(new Line(0, 0, bytes, bytes.length));
  }
}
