package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingRecordTest {
  @Test
  void readsBothFormats() throws RecordException {
    assertThat(parse("{\"text\": \"a \\u00e9 \\ud83d\\ude00\"}", DataFormat.AUTO))
        .isEqualTo(new TrainingRecord.Text("a é 😀"));
    assertThat(parse(" {\"completion\": \"b\", \"prompt\": \"\"}\r", DataFormat.PROMPT_COMPLETION))
        .isEqualTo(new TrainingRecord.Completion("", "b"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"prompt": "a"}                     | 'completion' is missing (a record has 'text', or 'prompt' and 'completion', or 'messages', or 'token_ids', or 'conversations', or 'instruction' and 'output')
          {"completion": "a"}                 | 'prompt' is missing (a record has 'text', or 'prompt' and 'completion', or 'messages', or 'token_ids', or 'conversations', or 'instruction' and 'output')
          {"text": "a", "messages": []}       | its fields fit text and messages: say which (data.format)
          {"messages": [], "tool": []}        | 'tool' is not a field here; did you mean 'tools'? (a record has 'messages', and 'tools' where there are some)
          {"token_ids": [1], "Weight": [1]}   | 'Weight' is not a field here; did you mean 'weights'? (a record has 'token_ids', and 'weights' where not every token counts as much)
          {"text": "a", "prompt": "b"}        | it mixes 'text' with 'prompt' or 'completion' (a record has 'text', or 'prompt' and 'completion', or 'messages', or 'token_ids', or 'conversations', or 'instruction' and 'output')
          {"messages": []}                    | none of 'messages' is the assistant's: nothing to learn
          {"question": "a"}                   | it has only 'question' (a record has 'text', or 'prompt' and 'completion', or 'messages', or 'token_ids', or 'conversations', or 'instruction' and 'output')
          {}                                  | it has no fields (a record has 'text', or 'prompt' and 'completion', or 'messages', or 'token_ids', or 'conversations', or 'instruction' and 'output')
          {"text": 1}                         | 'text' is a number, not a string
          {"text": null}                      | 'text' is null, not a string
          {"prompt": ["a"], "completion": "b"} | 'prompt' is no list of objects
          {"prompt": {}, "completion": "b"}   | 'prompt' is an object, not a string
          {"prompt": "a", "completion": ""}   | 'completion' is empty, which leaves nothing to learn
          {"text": ""}                        | 'text' is empty, which leaves nothing to learn
          {"text": "\\ud83d"}                 | 'text' has half of a surrogate pair
          ["text"]                            | the line is an array, not a JSON object
          """)
  void namesWhatIsWrong(String line, String reason) {
    assertThatThrownBy(() -> parse(line, DataFormat.AUTO))
        .isInstanceOf(RecordException.class)
        .hasMessage(reason);
  }

  @Test
  void holdsToTheFormatOfTheSpec() throws RecordException {
    UnusedKeys unused = new UnusedKeys();
    assertThat(parse("{\"prompt\": \"a\", \"text\": \"b\", \"i\\nd\": 3}", DataFormat.TEXT, unused))
        .isEqualTo(new TrainingRecord.Text("b"));
    assertThat(unused.names()).containsExactly("i?d", "prompt");
    assertThatThrownBy(() -> parse("{\"text\": \"a\"}", DataFormat.PROMPT_COMPLETION))
        .hasMessage("'prompt' is missing (a record has 'prompt' and 'completion')");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"text": "a"         | invalid JSON at column 13: Unexpected end-of-input
          {"text": "a"} {}     | invalid JSON at column 15: Trailing token
          {"text": "a" "b"}    | invalid JSON at column 15: Unexpected character
          {"text": "a", "text": "b"} | Duplicate field 'text'
          nonsense             | invalid JSON at column
          """)
  void refusesWhatIsNotOneJsonObject(String line, String reason) {
    assertThatThrownBy(() -> parse(line, DataFormat.AUTO))
        .isInstanceOf(RecordException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void refusesWhatAParserDoesNotReadInOneLine() {
    String deep = "{\"text\": " + "[".repeat(2000);
    assertThatThrownBy(() -> parse(deep, DataFormat.AUTO))
        .isInstanceOf(RecordException.class)
        .hasMessageStartingWith("JSON that is not read: ");
    String longNumber = "{\"token_ids\": [" + "1".repeat(1001) + "]}";
    assertThatThrownBy(() -> parse(longNumber, DataFormat.AUTO))
        .isInstanceOf(RecordException.class)
        .hasMessageStartingWith("JSON that is not read: Number");
    assertThatThrownBy(() -> parse("{\"te\\nxt\\ud800\": 1}", DataFormat.AUTO))
        .hasMessageStartingWith("it has only 'te?xt?' (");
    assertThatThrownBy(() -> parse("{\"messages\": [null]}", DataFormat.AUTO))
        .hasMessage("each of 'messages' needs a 'role'");
  }

  @Test
  void refusesBytesThatAreNotUtf8() {
    byte[] latin1 = "{\"text\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> JsonLine.parse(latin1, latin1.length))
        .hasMessage("not UTF-8 at byte 11 of the line");
    byte[] surrogate = {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'};
    assertThatThrownBy(() -> JsonLine.parse(surrogate, surrogate.length))
        .hasMessage("not UTF-8 at byte 2 of the line");
  }

  @Test
  void readsNoFurtherThanTheLine() throws RecordException {
    byte[] buffer =
        "{\"text\": \"a\"}and what an earlier line left".getBytes(StandardCharsets.UTF_8);
    assertThat(
            new RecordReader(DataFormat.TEXT, new DataFormat[1], Map.of())
                .read(new Line(0, 0, buffer, 13)))
        .isEqualTo(new TrainingRecord.Text("a"));
  }

  @Test
  void knowsTheFormatsOfTheSpec() {
    for (DataFormat format : DataFormat.values()) {
      assertThat(DataFormat.ofSpec(format.specName())).isSameAs(format);
    }
    assertThatThrownBy(() -> DataFormat.ofSpec("csv"))
        .hasMessage(
            "'csv' is not a data format (allowed: auto, text, prompt_completion, preference, messages, tokens, scored, sharegpt, alpaca)");
  }

  private static TrainingRecord parse(String line, DataFormat format) throws RecordException {
    return parse(line, format, new UnusedKeys());
  }

  private static TrainingRecord parse(String line, DataFormat format, UnusedKeys unused)
      throws RecordException {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    return new RecordReader(format, new DataFormat[1], Map.of())
        .read(new Line(0, 0, bytes, bytes.length), unused);
  }
}
