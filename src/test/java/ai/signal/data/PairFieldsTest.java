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

/** Pairs as TRL has them: of texts or of messages, with explicit and implicit prompts. */
class PairFieldsTest {
  private static final String HI = "{'role': 'user', 'content': 'p'}";
  private static final String YES = "{'role': 'assistant', 'content': 'xy'}";
  private static final String NO = "{'role': 'assistant', 'content': 'z'}";
  private static final String SYSTEM = "{'role': 'system', 'content': 'k'}";

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
  void messagesInPromptAndCompletionAreOneConversation() throws Exception {
    List<ExampleEncoder.Sequence> whole =
        encode("{'messages': [%s, %s]}".formatted(HI, YES), DataFormat.AUTO);
    for (String line :
        List.of(
            "{'prompt': [%s], 'completion': [%s]}".formatted(HI, YES),
            "{'prompt': 'p', 'completion': [%s]}".formatted(YES),
            "{'prompt': [%s], 'completion': 'xy'}".formatted(HI))) {
      same(encode(line, DataFormat.AUTO), whole);
    }
    // What the assistant says in the prompt is context.
    same(
        encode(
            "{'prompt': [%s, %s, %s], 'completion': [%s]}".formatted(HI, NO, HI, YES),
            DataFormat.PROMPT_COMPLETION),
        encode(
            "{'messages': [%s, %s, %s, %s]}"
                .formatted(HI, NO.replace("}", ", 'weight': 0}"), HI, YES),
            DataFormat.MESSAGES));
  }

  @Test
  void preferencesOfMessagesAreTwoConversations() throws Exception {
    List<ExampleEncoder.Sequence> pair =
        List.of(
            encode("{'messages': [%s, %s]}".formatted(HI, YES), DataFormat.AUTO).get(0),
            encode("{'messages': [%s, %s]}".formatted(HI, NO), DataFormat.AUTO).get(0));
    for (String line :
        List.of(
            "{'prompt': [%1$s], 'chosen': [%2$s], 'rejected': [%3$s]}",
            "{'prompt': 'p', 'chosen': [%2$s], 'rejected': [%3$s]}",
            "{'prompt': [%1$s], 'chosen': 'xy', 'rejected': 'z'}",
            "{'chosen': [%1$s, %2$s], 'rejected': [%1$s, %3$s]}",
            // as UltraFeedback
            "{'prompt': 'p', 'chosen': [%1$s, %2$s], 'rejected': [%1$s, %3$s], 'score_chosen': 8.0}",
            "{'prompt': [%1$s], 'chosen': [%1$s, %2$s], 'rejected': [%1$s, %3$s]}")) {
      same(encode(line.formatted(HI, YES, NO), DataFormat.PREFERENCE), pair);
    }
  }

  @Test
  void aPromptThatBothAnswersBeginWith() throws Exception {
    assertThat(
            read(
                "{'chosen': 'Human: Hi\\nAssistant: Hello', 'rejected': 'Human: Hi\\nAssistant: No'}"))
        .isEqualTo(new TrainingRecord.Preference("Human: Hi\nAssistant:", " Hello", " No"));
    assertThat(read("{'chosen': 'ab', 'rejected': 'abc'}"))
        .isEqualTo(new TrainingRecord.Preference("a", "b", "bc"));
    assertThat(read("{'chosen': 'x', 'rejected': 'y'}"))
        .isEqualTo(new TrainingRecord.Preference("", "x", "y"));
    // No half of a surrogate pair belongs to the prompt.
    assertThat(read("{'chosen': 'a\ud83d\ude00', 'rejected': 'a\ud83d\ude01'}"))
        .isEqualTo(new TrainingRecord.Preference("a", "\ud83d\ude00", "\ud83d\ude01"));
    // Each conversation keeps a message of its own.
    TrainingRecord.ChatPreference pair =
        (TrainingRecord.ChatPreference)
            read(
                "{'chosen': [%1$s, %2$s, %3$s], 'rejected': [%1$s, %2$s, %3$s, %2$s, %4$s]}"
                    .formatted(SYSTEM, HI, YES, NO));
    assertThat(pair.chosen().conversation().messages()).hasSize(3);
    assertThat(pair.rejected().conversation().messages()).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'chosen': 'a', 'rejected': 'a'}                      | 'chosen' and 'rejected' are the same: nothing to compare
          {'chosen': [], 'rejected': 'a'}                       | 'chosen' is empty, which leaves nothing to learn
          {'chosen': [null], 'rejected': 'a'}                   | each of 'messages' needs a 'role'
          {'chosen': [[]], 'rejected': 'a'}                     | 'chosen' is no list of objects
          {'prompt': [3], 'chosen': 'a', 'rejected': 'b'}       | 'prompt' is no list of objects
          {'prompt': 3, 'chosen': 'a', 'rejected': 'b'}         | 'prompt' is a number, not a string
          {'prompt': [{'role': 'user', 'content': 'a'}], 'chosen': [{'role': 'user', 'content': 'b'}], 'rejected': 'c'} | none of 'messages' is the assistant's: nothing to learn
          """)
  void namesWhatIsWrong(String line, String reason) {
    assertThatThrownBy(() -> read(line)).isInstanceOf(RecordException.class).hasMessage(reason);
  }

  @Test
  void toolsGoWithMessagesOnly() throws Exception {
    UnusedKeys unused = new UnusedKeys();
    String tools = ", 'tools': [{'name': 'f'}]}";
    TrainingRecord.Messages chat =
        (TrainingRecord.Messages)
            read(
                "{'prompt': 'p', 'completion': [%s]".formatted(YES) + tools,
                DataFormat.AUTO,
                Map.of(),
                unused);
    assertThat(chat.conversation().tools()).contains(List.of(Map.of("name", "f")));
    assertThat(unused.names()).isEmpty();
    read("{'prompt': 'p', 'completion': 'c'" + tools, DataFormat.AUTO, Map.of(), unused);
    assertThat(unused.names()).containsExactly("tools");
  }

  @Test
  void fieldsMayBeMadeOfSeveralColumns() throws Exception {
    Map<String, String> fields =
        Map.of("prompt", "Q: {question}\n{context} {n}", "completion", "answer");
    UnusedKeys unused = new UnusedKeys();
    assertThat(
            read(
                "{'question': 'a', 'context': null, 'n': 3, 'answer': 'b', 'source': 1}",
                DataFormat.AUTO,
                fields,
                unused))
        .isEqualTo(new TrainingRecord.Completion("Q: a\n 3", "b"));
    assertThat(unused.names()).containsExactly("source");
    assertThatThrownBy(
            () -> read("{'question': 'a', 'n': 3, 'answer': 'b'}", DataFormat.AUTO, fields, unused))
        .hasMessage("'context' is missing (data.fields)");
    assertThatThrownBy(
            () ->
                read(
                    "{'question': 'a', 'context': [], 'n': 3, 'answer': 'b'}",
                    DataFormat.AUTO,
                    fields,
                    unused))
        .hasMessage("'context' is an array, not a text (data.fields)");
  }

  @Test
  void keysOfMessagesThatNothingReadsAreNamed() throws Exception {
    UnusedKeys unused = new UnusedKeys();
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      ExampleEncoder.of(model, tokenizer, 64)
          .encode(
              read(
                  "{'messages': [%s, {'role': 'assistant', 'content': 'x', 'mood': 1}]}"
                      .formatted(HI)),
              unused);
    }
    assertThat(unused.names()).containsExactly("messages.mood");
  }

  private static void same(
      List<ExampleEncoder.Sequence> some, List<ExampleEncoder.Sequence> others) {
    assertThat(some).hasSameSizeAs(others);
    for (int i = 0; i < some.size(); i++) {
      assertThat(some.get(i).tokens()).containsExactly(others.get(i).tokens());
      assertThat(some.get(i).weights()).containsExactly(others.get(i).weights());
    }
  }

  private List<ExampleEncoder.Sequence> encode(String line, DataFormat format) throws Exception {
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      return ExampleEncoder.of(model, tokenizer, 64)
          .encode(read(line, format, Map.of(), new UnusedKeys()));
    }
  }

  private static TrainingRecord read(String line) throws RecordException {
    DataFormat format = line.contains("chosen") ? DataFormat.PREFERENCE : DataFormat.AUTO;
    return read(line, format, Map.of(), new UnusedKeys());
  }

  private static TrainingRecord read(
      String line, DataFormat format, Map<String, String> fields, UnusedKeys unused)
      throws RecordException {
    byte[] bytes = line.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return new RecordReader(format, new DataFormat[1], fields)
        .read(new Line(0, 0, bytes, bytes.length), unused);
  }
}
