package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import ai.signal.chat.ChatFormat;
import ai.signal.chat.Conversation;
import ai.signal.model.ModelSource;
import ai.signal.model.Tokenizer;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts of every format and source. */
@ExtendWith(SparkExtension.class)
class PromptFormatsTest {
  private static final String TINY = "builtin:tiny";
  private static final Map<String, Object> HI = Map.of("role", "user", "content", "Hi");

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"prompt\": [%1$s]}",
        "{\"messages\": [%1$s]}",
        "{\"messages\": [%1$s, %2$s]}",
        "{\"prompt\": [%1$s], \"completion\": [%2$s]}",
        "{\"prompt\": [%1$s], \"completion\": \"Hello\"}",
        "{\"messages\": \"[{\\\"role\\\": \\\"user\\\", \\\"content\\\": \\\"Hi\\\"}]\"}",
        "{\"conversations\": [{\"from\": \"human\", \"value\": \"Hi\"}]}",
        "{\"conversations\": [{\"from\": \"human\", \"value\": \"Hi\"}, {\"from\": \"gpt\", \"value\": \"Hello\"}]}",
      })
  void aConversationIsWhatTheChatTemplateMakesOfIt(String record, SparkSession spark)
      throws IOException {
    String line =
        record.formatted(
            "{\"role\": \"user\", \"content\": \"Hi\"}",
            "{\"role\": \"assistant\", \"content\": \"Hello\"}");
    PromptSet set = sampled(spark, Files.writeString(directory.resolve("p.jsonl"), line));
    Path model = ModelSource.resolve(TINY);
    String text = ChatFormat.open(model).apply(Conversation.of(List.of(HI)), true).text();
    assertThat(set.prompts().get(0).prompt()).isEqualTo(text);
    assertThat(set.prompts().get(0).completion())
        .isEqualTo(line.contains("Hello") ? Optional.of("Hello") : Optional.empty());
    assertThat(set.prompts().get(0).columns()).isEmpty();
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      assertThat(set.tokens().get(0))
          .as("one BOS, by the template")
          .isEqualTo(tokenizer.encode(text));
      assertThat(set.tokens().get(0)).startsWith(0).doesNotContain(1);
      assertThat(set.tokens().get(0)[1]).isNotZero();
    }
  }

  @Test
  void theLastTurnOfTheAssistantIsExpected(SparkSession spark) throws IOException {
    Path file = directory.resolve("p.jsonl");
    String user = "{\"role\": \"user\", \"content\": \"%s\"}";
    String said = "{\"role\": \"assistant\", \"content\": \"%s\"%s}";
    Files.writeString(
        file,
        "{\"messages\": [%s, %s, %s, %s, %s]}\n"
            .formatted(
                user.formatted("a"),
                said.formatted("b", ""),
                user.formatted("c"),
                said.formatted("d", ", \"weight\": 0"),
                user.formatted("e")));
    Prompt sampled = sampled(spark, file).prompts().get(0);
    assertThat(sampled.prompt()).contains("d</s>").endsWith("e<|assistant|>");
    assertThat(sampled.completion()).isEmpty();
    Prompt evaluated = Prompts.toEvaluate(spark, spec(file), TINY).prompts().get(0);
    assertThat(evaluated.prompt()).endsWith("a<|assistant|>");
    assertThat(evaluated.completion()).contains("b");
    // As training reads it: a whole conversation goes before a prompt without a completion.
    String both = "{\"prompt\": \"a\", \"prompt_id\": 3, \"messages\": [%s, %s]}\n";
    Files.writeString(file, both.formatted(user.formatted("a"), said.formatted("b", "")));
    Prompt chat = sampled(spark, file).prompts().get(0);
    assertThat(chat.prompt()).endsWith("a<|assistant|>");
    assertThat(chat.completion()).contains("b");
    assertThat(chat.columns()).containsOnlyKeys("prompt", "prompt_id");
    Files.writeString(file, "{\"messages\": [%s]}\n".formatted(said.formatted("b", "")));
    assertThatThrownBy(() -> sampled(spark, file))
        .hasMessage(
            "Cannot read %s line 1: there is nothing before the turn of the assistant to complete",
            file);
    assertThat(Prompts.toEvaluate(spark, spec(file), TINY).prompts()).isEmpty();
    Files.writeString(file, "{\"prompt\": [%s]}\n".formatted(said.formatted("b", "")));
    assertThatThrownBy(() -> sampled(spark, file))
        .hasMessageContaining("line 1: 'prompt' ends with a turn of the assistant");
  }

  @Test
  void casesOfPractice(SparkSession spark) {
    assertThat(sampled(spark, resource("array.json")).prompts().get(0).prompt())
        .isEqualTo("Nils gave a hat");
    assertThat(sampled(spark, resource("bom.jsonl")).prompts().get(0).prompt())
        .isEqualTo("Anna saw");
    assertThat(sampled(spark, resource("extra.jsonl")).prompts().get(0).columns())
        .containsExactly(
            Map.entry("id", IntNode.valueOf(7)), Map.entry("source", TextNode.valueOf("x")));
    assertThat(sampled(spark, resource("alpaca.jsonl")).prompts())
        .extracting(Prompt::prompt)
        .containsExactly("Turn it into a question.\nNils sold a cup.", "Say hello.");
    assertThat(sampled(spark, resource("sharegpt.jsonl")).prompts())
        .extracting(prompt -> prompt.completion().orElseThrow())
        .containsExactly("Yes, Nils sold a cup.", "No.");
    assertThat(sampled(spark, resource("chat-pairs.jsonl")).prompts().get(0).completion())
        .contains("Hello");
    DataSpec renamed =
        spec(resource("renamed.jsonl"))
            .selecting(
                new Selection(
                    Map.of("prompt", "question", "completion", "answer"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()));
    Prompt prompt = Prompts.toSample(spark, renamed, TINY).prompts().get(0);
    assertThat(prompt.prompt()).isEqualTo("Nils gave a hat");
    assertThat(prompt.completion()).contains("x");
    assertThat(prompt.columns()).isEmpty();
    assertThatThrownBy(() -> sampled(spark, resource("surrogate.jsonl")))
        .hasMessageEndingWith("line 1: 'prompt' has half of a surrogate pair");
    assertThatThrownBy(() -> sampled(spark, resource("renamed.jsonl")))
        .hasMessageContaining("line 1: it has only 'question', 'answer' (a record has 'prompt'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "csv", "json", "table"})
  void rowsCarryTheirOtherColumns(String source, SparkSession spark) {
    var rows =
        spark
            .read()
            .json(
                spark.createDataset(
                    List.of(
                        "{\"prompt\": \"Anna\", \"completion\": \"saw\", \"id\": \"1\", \"lang\": \"en\"}",
                        "{\"prompt\": \"Anna\", \"completion\": \"saw\", \"id\": \"2\", \"lang\": \"de\"}",
                        "{\"prompt\": \"Tom\", \"completion\": \"ran\", \"id\": \"3\", \"lang\": \"fr\"}"),
                    Encoders.STRING()));
    DataSource from = new DataSource.Table("prompts_of_test");
    if (source.equals("table")) {
      rows.createOrReplaceTempView("prompts_of_test");
    } else {
      String path = directory.resolve("rows").toString();
      rows.coalesce(1).write().option("header", true).format(source).save(path);
      from =
          new DataSource.Files(
              List.of(path), FileKind.valueOf(source.toUpperCase(java.util.Locale.ROOT)));
    }
    DataSpec spec =
        new DataSpec(from, DataFormat.AUTO, 8)
            .selecting(
                new Selection(
                    Map.of(), Optional.of("id"), Optional.of("lang <> 'de'"), Optional.empty()));
    PromptSet set = Prompts.toSample(spark, spec, TINY);
    assertThat(set.prompts()).extracting(Prompt::prompt).containsExactly("Anna", "Tom");
    assertThat(set.prompts().get(1).columns())
        .containsOnly(
            Map.entry("id", TextNode.valueOf("3")), Map.entry("lang", TextNode.valueOf("fr")));
    assertThat(set.filtered()).isEqualTo(1);
    boolean isLines = source.equals("json"); // without `fields`, other fields are errors there
    if (!isLines) {
      PromptSet evaluated = Prompts.toEvaluate(spark, spec, TINY);
      assertThat(evaluated.prompts()).isEqualTo(set.prompts());
    }
  }

  @Test
  void rowsWithOneContentAreInOneOrder(SparkSession spark) {
    var rows = spark.range(40).selectExpr("'same' as prompt", "id % 20 as n").repartition(3);
    List<Prompt> some = prompts(spark, rows.repartition(5));
    assertThat(some).hasSize(40).isEqualTo(prompts(spark, rows.coalesce(1)));
  }

  private static List<Prompt> prompts(
      SparkSession spark, org.apache.spark.sql.Dataset<org.apache.spark.sql.Row> rows) {
    DataSpec spec = new DataSpec(new DataSource.Rows(rows, "same"), DataFormat.AUTO, 8);
    return Prompts.toSample(spark, spec, TINY).prompts();
  }

  @Test
  void columnsWithoutAPromptAreRefused(SparkSession spark) {
    var rows = spark.range(2).selectExpr("'x' as question", "id");
    DataSpec spec = new DataSpec(new DataSource.Rows(rows, "asked"), DataFormat.AUTO, 8);
    assertThatThrownBy(() -> Prompts.toSample(spark, spec, TINY))
        .hasMessageContaining(
            "Cannot read asked with the columns question, id: a record has 'prompt'")
        .hasMessageEndingWith("(prompts.fields gives fields other names)");
  }

  @Test
  void badRecordsAreSkippedAndCounted(SparkSession spark) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("p.jsonl"),
            "{\"prompt\": \"a\"}\nnonsense\n{\"prompt\": 2}\n{\"messages\": [{\"role\": \"robot\", \"content\": \"x\"}]}\n");
    PromptSet set = Prompts.toSample(spark, spec(file).on(BadRecords.SKIP), TINY);
    assertThat(set.prompts()).extracting(Prompt::prompt).containsExactly("a");
    assertThat(set.leftOut().records()).isEqualTo(3);
    assertThat(set.leftOut().first()).startsWith(file + " line 2: invalid JSON");
    assertThatThrownBy(() -> sampled(spark, file))
        .hasMessageStartingWith("Cannot read " + file + " line 2: invalid JSON");
  }

  @Test
  void promptsThatLeaveNoRoomAreSkippedOrAnError(SparkSession spark) throws IOException {
    Path model = ByteTokenizer.write(directory.resolve("model"), false);
    Path file =
        Files.writeString(
            directory.resolve("p.jsonl"),
            "{\"prompt\": \"1234\"}\n{\"prompt\": \"12345\"}\n{\"prompt\": \"\"}\n{\"prompt\": \"1\"}\n");
    PromptSet all = Prompts.toSample(spark, spec(file), model.toString());
    PromptSet some = all.fitting(5, 1, LongPrompts.SKIP);
    assertThat(some.prompts()).extracting(Prompt::prompt).containsExactly("1234", "1");
    assertThat(some.tokens()).hasSize(2);
    assertThat(some.skipped().records()).isEqualTo(2);
    assertThat(some.skipped().first())
        .isEqualTo(
            file
                + " line 2: its prompt has 5 tokens, which leaves no room for 1 new in the model's context of 5");
    assertThat(all.fitting(5, 2, LongPrompts.SKIP).prompts())
        .extracting(Prompt::prompt)
        .containsExactly("1");
    assertThatThrownBy(() -> all.fitting(6, 1, LongPrompts.FAIL))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "Cannot complete %s line 3: its prompt has no token, so there is nothing to predict the first one from; prompts.on_long can be skip",
            file);
    assertThatThrownBy(() -> all.fitting(1, 1, LongPrompts.SKIP).requireSome())
        .hasMessageContaining("none of its prompts can be used, first " + file + " line 1");
  }

  private static PromptSet sampled(SparkSession spark, Path file) {
    return Prompts.toSample(spark, spec(file), TINY);
  }

  private static DataSpec spec(Path file) {
    return new DataSpec(List.of(file.toString()), DataFormat.AUTO, 64);
  }

  private static Path resource(String name) {
    try {
      return Path.of(PromptFormatsTest.class.getResource("/prompts/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
