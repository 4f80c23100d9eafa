package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.SparkExtension;
import ai.signal.model.ModelSource;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prompts of sample, evaluate and reinforce through the command line, on the real small model. */
@ExtendWith(SparkExtension.class)
class PromptJobTest {
  private static final Path PROMPTS = Path.of("src/test/resources/prompts").toAbsolutePath();
  private static final String CHAT =
      "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi %d\"},"
          + " {\"role\": \"assistant\", \"content\": \"Yes\"}]}\n";

  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void conversationsGoThroughEveryStage(SparkSession spark) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      lines.append(CHAT.formatted(i));
    }
    Path chats = Files.writeString(directory.resolve("chats.jsonl"), lines);
    String stages =
        "stages=[{train: {data: {path: %1$s}, batch_size: 8, steps: 15, optimizer: {learning_rate: 1e-2}, schedule: {name: constant}}},"
            + " {evaluate: {data: {path: %1$s}, max_tokens: 4}},"
            + " {sample: {prompts: {path: %1$s, filter: \"size(messages) = 2\"}, max_tokens: 4, reward: {name: exact_match}}},"
            + " {reinforce: {prompts: {path: %1$s}, reward: {name: exact_match}, group_size: 2, batch_size: 2, max_tokens: 4, steps: 1}}]";
    assertThat(run(stages.formatted(chats))).as(printed(err)).isZero();
    List<JsonNode> sampled = rows("samples/stage-2.jsonl");
    assertThat(sampled).hasSize(8);
    assertThat(sampled.get(3).path("prompt").asText()).isEqualTo("<s><|user|>Hi 3<|assistant|>");
    assertThat(rows("evaluation/stage-1.jsonl"))
        .extracting(row -> row.path("completion").asText())
        .containsOnly("Yes");
    JsonNode summary = new ObjectMapper().readTree(directory.resolve("run/summary.json").toFile());
    assertThat(summary.at("/stages/1/exact_match").asDouble()).isEqualTo(1);
    assertThat(summary.at("/stages/2/reward").asDouble()).isEqualTo(1);
    assertThat(summary.at("/stages/1/skipped_prompts").isMissingNode()).isTrue();
  }

  @Test
  void promptsLongerThanTheContextNeverEndAJobInTheMiddle(SparkSession spark) throws IOException {
    String stages =
        "stages=[{reinforce: {prompts: {path: %1$s}, reward: {name: contains}, group_size: 2, batch_size: 4, max_tokens: 4, steps: 2}},"
            + " {evaluate: {data: {path: %2$s}, max_tokens: 4}}, {sample: {prompts: {path: %1$s%3$s}, max_tokens: 4}}, {save: {}}]";
    Path prompts = PROMPTS.resolve("long.jsonl");
    Path pairs = PROMPTS.resolve("long-pairs.jsonl");
    assertThat(run(stages.formatted(prompts, pairs, ""))).as(printed(err)).isZero();
    assertThat(directory.resolve("run/adapter/adapter_config.json")).exists();
    assertThat(printed(out))
        .contains(
            "1 prompts skipped, first src/test/resources/prompts/long.jsonl line 12: its prompt has ",
            " · 1 prompts skipped");
    assertThat(rows("samples/stage-2.jsonl")).hasSize(11);
    assertThat(rows("evaluation/stage-1.jsonl")).hasSize(3);
    JsonNode summary = new ObjectMapper().readTree(directory.resolve("run/summary.json").toFile());
    for (int stage = 0; stage < 3; stage++) {
      assertThat(summary.at("/stages/%d/skipped_prompts".formatted(stage)).asInt()).isEqualTo(1);
    }
    assertThat(run(stages.formatted(prompts, pairs, ", on_long: fail"), "--overwrite"))
        .isEqualTo(2);
    assertThat(printed(err))
        .contains("long.jsonl line 12: its prompt has ", "(stages.2.sample.prompts)")
        .hasLineCount(1);
    assertThat(printed(out)).as("before step 1").doesNotContain("step 1");
  }

  @Test
  void aCompletionEndsWhereTheContextDoes(SparkSession spark) throws IOException {
    String words = "Anna has a cup. ".repeat(80); // about 400 tokens
    Path file = directory.resolve("p.jsonl");
    Files.writeString(
        file,
        "{\"prompt\": \"%s\", \"id\": 1}\n{\"prompt\": \"Anna\", \"id\": 2}\n".formatted(words));
    String sample =
        "stages=[{sample: {prompts: {path: %s}, n: 2, max_tokens: 300, min_tokens: 300}}]";
    assertThat(run(sample.formatted(file))).as(printed(err)).isZero();
    List<JsonNode> rows = rows("samples/stage-0.jsonl");
    assertThat(rows).extracting(row -> row.path("id").asInt()).containsExactly(1, 1, 2, 2);
    assertThat(rows.get(2).path("token_ids")).hasSize(300);
    assertThat(rows.get(0).path("token_ids").size()).isBetween(1, 299);
    assertThat(rows.get(0).path("stop_reason").asText()).isEqualTo("length");
  }

  @Test
  void otherFieldsStandInTheRowsUnderTheirNames(SparkSession spark) throws IOException {
    Path file = directory.resolve("p.jsonl");
    Files.writeString(
        file,
        "{\"prompt\": \"Anna\", \"id\": 7, \"tags\": [\"a\"], \"token_ids\": \"mine\", \"input_token_ids\": 3, \"completion\": \"saw\"}\n");
    assertThat(run("stages=[{sample: {prompts: {path: %s}, max_tokens: 2}}]".formatted(file)))
        .as(printed(err))
        .isZero();
    JsonNode row = rows("samples/stage-0.jsonl").get(0);
    assertThat(row.path("id").asInt()).isEqualTo(7);
    assertThat(row.at("/tags/0").asText()).isEqualTo("a");
    assertThat(row.path("token_ids").isArray()).isTrue();
    assertThat(row.path("input_token_ids").asInt()).isEqualTo(3);
    assertThat(row.path("input_input_token_ids").asText()).isEqualTo("mine");
  }

  @Test
  void longExamplesAreSkippedOrAnError(SparkSession spark) throws IOException {
    Path pairs = PROMPTS.resolve("long-pairs.jsonl");
    String evaluate = "stages=[{evaluate: {data: {path: %s, on_long: %s}, max_tokens: 2}}]";
    assertThat(run(evaluate.formatted(pairs, "skip"))).as(printed(err)).isZero();
    assertThat(printed(out)).contains("3 examples", " · 1 skipped: more than 512 tokens");
    assertThat(rows("evaluation/stage-0.jsonl")).hasSize(3);
    String fault =
        "long-pairs.jsonl line 4: it has more than max_length = 512 tokens; data.on_long can be truncate or skip";
    String elsewhere = "output=" + directory.resolve("elsewhere");
    assertThat(run(evaluate.formatted(pairs, "fail"), elsewhere)).isEqualTo(2);
    assertThat(printed(err)).contains(fault).hasLineCount(1);
    assertThat(run(evaluate.formatted(pairs, "fail"), elsewhere, "--dry-run")).isEqualTo(2);
    assertThat(printed(err)).contains("long-pairs.jsonl line 4: it has more than");
    assertThat(run(evaluate.formatted(pairs, "cut"))).isEqualTo(2);
    assertThat(printed(err))
        .contains("data.on_long = 'cut' is refused, allowed: truncate, skip, fail");
  }

  @Test
  void badPromptsAreKeptInQuarantine(SparkSession spark) throws IOException {
    Path file = Files.writeString(directory.resolve("p.jsonl"), "{\"prompt\": \"a\"}\n[1]\n");
    String sample = "stages=[{sample: {prompts: {path: %s, on_bad_record: %s}, max_tokens: 2}}]";
    assertThat(run(sample.formatted(file, "quarantine"))).as(printed(err)).isZero();
    assertThat(printed(out)).contains("1 bad records in " + directory.resolve("run/quarantine"));
    JsonNode kept = rows("quarantine/stage-0.jsonl").get(0);
    assertThat(kept.path("line").asInt()).isEqualTo(2);
    assertThat(kept.path("record").asText()).isEqualTo("[1]");
    assertThat(kept.path("reason").asText()).isEqualTo("the line is an array, not a JSON object");
    assertThat(run(sample.formatted(file, "skip"), "--overwrite")).isZero();
    assertThat(printed(out)).contains("1 bad records skipped, first " + file + " line 2: the line");
    assertThat(directory.resolve("run/quarantine/stage-0.jsonl")).doesNotExist();
  }

  @Test
  void anEmptyPromptWithoutBosTrainsAndIsNotCompleted(SparkSession spark) throws IOException {
    Path model = withoutBos(directory.resolve("model"));
    String stages =
        "stages=[{train: {data: {path: %1$s}, batch_size: 2, steps: 1}}, {evaluate: {data: {path: %1$s}, max_tokens: 2}},"
            + " {sample: {prompts: {path: %1$s}, max_tokens: 2}}, {save: {}}]";
    Path pairs = PROMPTS.resolve("empty.jsonl");
    assertThat(run(stages.formatted(pairs), "model={base: %s, dtype: float32}".formatted(model)))
        .as(printed(err))
        .isZero();
    assertThat(rows("evaluation/stage-1.jsonl")).hasSize(1);
    assertThat(rows("samples/stage-2.jsonl")).hasSize(1);
    assertThat(printed(out))
        .contains("2 examples", "empty.jsonl line 1: its prompt has no token, so there is nothing");
  }

  private static Path withoutBos(Path copy) throws IOException {
    Path tiny = ModelSource.resolve("builtin:tiny");
    Files.createDirectories(copy);
    for (String name : List.of("config.json", "tokenizer_config.json", "model.safetensors")) {
      Files.copy(tiny.resolve(name), copy.resolve(name));
    }
    ObjectMapper json = new ObjectMapper();
    ObjectNode tokenizer = (ObjectNode) json.readTree(tiny.resolve("tokenizer.json").toFile());
    tokenizer.putNull("post_processor");
    json.writeValue(copy.resolve("tokenizer.json").toFile(), tokenizer);
    return copy;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{train: {data: {path: GOOD}, evaluate: {data: {path: BAD}, every_steps: 1}}} | stages.1.train.evaluate.data",
        "{evaluate: {data: {path: BAD}}} | stages.1.evaluate.data",
        "{sample: {prompts: {path: BAD}}} | stages.1.sample.prompts",
        "{reinforce: {prompts: {path: BAD}, reward: {name: contains}}} | stages.1.reinforce.prompts",
      })
  void theHeadOfEveryStagesDataIsCheckedFirst(String stage, String key) throws IOException {
    Path bad = Files.writeString(directory.resolve("bad.jsonl"), "\n{\"question\": \"a\"}\n");
    String good = Path.of("jobs/data/quickstart-held-out.jsonl").toAbsolutePath().toString();
    String stages =
        "stages=[{evaluate: {data: {path: %s}}}, %s]"
            .formatted(good, stage.replace("GOOD", good).replace("BAD", bad.toString()));
    for (String dry : List.of("--dry-run", "--overwrite")) {
      assertThat(run(stages, dry)).isEqualTo(2);
      assertThat(printed(err))
          .contains("Cannot read " + bad + " line 2: it has only 'question'", "(" + key + ")")
          .hasLineCount(1);
    }
    assertThat(directory.resolve("run/job.yaml")).doesNotExist();
  }

  @Test
  void theColumnsOfLaterStagesAreCheckedBeforeTheFirst(SparkSession spark) {
    spark.range(3).selectExpr("'a' as text", "id").createOrReplaceTempView("later_texts");
    String good = Path.of("jobs/data/quickstart-held-out.jsonl").toAbsolutePath().toString();
    String stages =
        "stages=[{evaluate: {data: {path: %s}}}, {evaluate: {data: {table: later_texts, filter: \"lang = 'en'\"}}}]";
    assertThat(run(stages.formatted(good))).isEqualTo(2);
    assertThat(printed(err))
        .contains("Cannot read later_texts: ", "lang", "(stages.1.evaluate.data)");
    assertThat(printed(out)).doesNotContain("[1/2]");
  }

  private List<JsonNode> rows(String name) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve("run").resolve(name))) {
      rows.add(new ObjectMapper().readTree(line));
    }
    return rows;
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    List<String> all =
        new ArrayList<>(
            List.of(
                "jobs/quickstart.yaml",
                "output=" + directory.resolve("run"),
                "model={base: builtin:tiny, dtype: float32}"));
    all.addAll(List.of(args));
    return SignalJob.execute(stream(out), stream(err), all.toArray(String[]::new));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String printed(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
