package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.signal.SparkExtension;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Data of every kind through the command line, on the real small model. */
class DataJobTest {
  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private SparkSession spark;

  @BeforeEach
  void startSpark() {
    SparkExtension.stop();
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 2)
            .getOrCreate();
  }

  @AfterEach
  void stopSpark() {
    spark.stop();
  }

  @Test
  void badRecordsAreLeftOutAndSaid() throws IOException {
    Path data = data(4, "nonsense", "{\"prompt\": \"x\"}");
    String evaluate = "stages=[{evaluate: {data: {path: %s, on_bad_record: %s}, max_tokens: 4}}]";
    assertThat(run(evaluate.formatted(data, "fail"))).isEqualTo(2);
    assertThat(printed(err)).contains(data + " line 5: invalid JSON");
    assertThat(run(evaluate.formatted(data, "skip"), "--overwrite")).as(printed(err)).isZero();
    assertThat(printed(out))
        .contains("4 examples", " · 2 bad records skipped, first " + data + " line 5: invalid");
    assertThat(run(evaluate.formatted(data, "quarantine"), "--overwrite")).isZero();
    assertThat(printed(out)).contains(" · 2 bad records in " + directory.resolve("run/quarantine"));
    assertThat(run(evaluate.formatted(data, "quarantine"), "--overwrite")).isZero();
    try (Stream<Path> kept = Files.walk(directory.resolve("run/quarantine"))) {
      assertThat(kept.filter(file -> file.toString().endsWith(".jsonl"))).hasSize(1);
    }
    assertThat(run(evaluate.formatted(data, "skipp"))).isEqualTo(2);
    assertThat(printed(err)).contains("fail, skip, quarantine (did you mean 'skip'?)");
  }

  @Test
  void groupsWithRewardsTrainLossesOnSampledTokens() throws IOException {
    String group =
        "{\"prompt\": \"Anna has\", \"responses\": [[99, 100], [101]], \"rewards\": [1, 0]%s}";
    String sampled = group.formatted(", \"logprobs\": [[-1, -2], [-3]]");
    Path data = directory.resolve("scored.jsonl");
    String train =
        "stages=[{train: {data: {path: %s%s}, loss: {name: %s}, batch_size: 2, steps: 2}}]";
    Files.writeString(data, (sampled + "\n").repeat(4));
    assertThat(run(train.formatted(data, "", "ppo"))).as(printed(err)).isZero();
    assertThat(printed(out)).contains("4 examples", "step 2/2");

    Files.writeString(data, sampled + "\n" + group.formatted("") + "\n");
    assertThat(run(train.formatted(data, "", "cispo"), "--overwrite")).isEqualTo(2);
    assertThat(printed(err)).contains("line 2: 'logprobs' is missing, which the loss needs");
    assertThat(run(train.formatted(data, "", "cispo"), "--dry-run", "--overwrite")).isEqualTo(2);
    assertThat(printed(err)).contains("line 2: 'logprobs' is missing, which the loss needs");
    assertThat(run(train.formatted(data, ", format: scored", "cross_entropy"))).isEqualTo(2);
    assertThat(printed(err))
        .contains(
            "data.format = scored is refused, allowed: formats with one answer for loss"
                + " cross_entropy");
    assertThat(run(train.formatted(data, ", format: text", "ppo"))).isEqualTo(2);
    assertThat(printed(err))
        .contains("data.format = text is refused, allowed: scored for loss ppo");
  }

  @Test
  void tokenIdsTrain() throws IOException {
    Path data = directory.resolve("tokens.jsonl");
    Files.writeString(data, "{\"token_ids\": [99, 100, 101]}\n".repeat(4));
    String train = "stages=[{train: {data: {path: %s}, batch_size: 2, steps: 2}}]";
    assertThat(run(train.formatted(data))).as(printed(err)).isZero();
    assertThat(printed(out)).contains("4 examples · 8 tokens");
  }

  @Test
  void preferencesTrainARewardModel() throws IOException {
    String train =
        "stages=[{train: {data: {path: %s}, loss: {name: reward}, optimizer: {learning_rate: 2e-3}, schedule: {name: constant}, steps: 40}}, {save: {}}]"
            .formatted(Path.of("jobs/data/requests-preferences.jsonl").toAbsolutePath());
    assertThat(run(train)).isEqualTo(2);
    assertThat(printed(err))
        .contains(
            "stages.0.train.loss.name = 'reward' is refused: it trains a score head (lora.modules_to_save: [score])");
    assertThat(run(train, "lora.modules_to_save=[score]")).as(printed(err)).isZero();
    List<String> metrics = Files.readAllLines(directory.resolve("run/metrics.jsonl"));
    assertThat(metrics).hasSize(40).allMatch(line -> line.contains("\"accuracy\""));
    double right = 0;
    for (String line : metrics.subList(30, 40)) {
      right += new ObjectMapper().readTree(line).findValue("accuracy").asDouble() / 10;
    }
    assertThat(right).isGreaterThan(0.9);
    assertThat(Files.readString(directory.resolve("run/adapter/adapter_config.json")))
        .contains("\"task_type\": \"SEQ_CLS\"", "\"score\"");
  }

  @Test
  void doraWithAnEmbeddingOfItsOwn() throws IOException {
    Path data = data(8);
    String stages =
        "stages=[{train: {data: {path: %s}, batch_size: 4, steps: 2}}, {evaluate: {data: {path: %s}, max_tokens: 2}}, {save: {}}]";
    assertThat(
            run(
                stages.formatted(data, data),
                "lora={rank: 4, dora: true, rslora: true, modules_to_save: embed_tokens}"))
        .as(printed(err))
        .isZero();
    assertThat(Files.readString(directory.resolve("run/adapter/adapter_config.json")))
        .contains("\"use_dora\": true", "\"use_rslora\": true", "\"embed_tokens\"");
  }

  @Test
  void aMergedModelIsABaseModelWithTheSameLoss() throws IOException {
    Path data = data(8);
    Path merged = directory.resolve("run/merged");
    String evaluate = "{evaluate: {data: {path: %s}, max_tokens: 2}}".formatted(data);
    String stages =
        "stages=[{train: {data: {path: %s}, batch_size: 4, steps: 3, optimizer: {learning_rate: 1e-2}}}, %s, {save: {mode: merged, dtype: float32, max_shard_size: 1MB}}]"
            .formatted(data, evaluate);
    assertThat(run(stages, "model.dtype=float32")).as(printed(err)).isZero();
    assertThat(merged.resolve("model.safetensors.index.json")).exists();
    assertThat(Files.readString(directory.resolve("run/job.yaml")))
        .contains("mode: merged", "dtype: float32", "max_shard_size: 1MB");
    double trained = loss();
    assertThat(
            run(
                "model={base: %s, dtype: float32}".formatted(merged),
                "stages=[%s]".formatted(evaluate),
                "output=" + directory.resolve("run2"),
                "--overwrite"))
        .as(printed(err))
        .isZero();
    Files.move(
        directory.resolve("run2/summary.json"),
        directory.resolve("run/summary.json"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThat(loss()).isCloseTo(trained, within(1e-4));

    assertThat(
            run(
                "stages=[{save: {mode: merged}}]",
                "lora={targets: q_proj, modules_to_save: [score, lm_head]}"))
        .isEqualTo(2);
    assertThat(printed(err))
        .contains("stages.0.save.mode = 'merged' is refused: The adapter trains 'score' and");
  }

  /** Of the last evaluation. */
  private double loss() throws IOException {
    Path summary = directory.resolve("run/summary.json");
    List<JsonNode> losses = new ObjectMapper().readTree(summary.toFile()).findValues("loss");
    return losses.get(losses.size() - 1).asDouble();
  }

  @Test
  void samplesHaveWhatWasAskedFor() throws IOException {
    Path prompts =
        Files.writeString(directory.resolve("p.jsonl"), "{\"prompt\": \"Anna has a red cup.\"}\n");
    String sample =
        "stages=[{sample: {prompts: {path: %s}, n: 3, max_tokens: 6, min_tokens: 4, temperature: 1, top_k: 50, top_p: 0.99,"
            + " min_p: 0.001, repetition_penalty: 1.2, presence_penalty: 0.1, frequency_penalty: 0.1, stop: [nowhere],"
            + " stop_token_ids: [5], top_logprobs: 2, prompt_logprobs: true, top_prompt_logprobs: 1, seed: 3}}]";
    assertThat(run(sample.formatted(prompts))).as(printed(err)).isZero();
    List<String> rows = Files.readAllLines(directory.resolve("run/samples/stage-0.jsonl"));
    assertThat(rows).hasSize(3).doesNotHaveDuplicates();
    for (String line : rows) {
      JsonNode row = new ObjectMapper().readTree(line);
      assertThat(row.get("token_ids").size()).isBetween(4, 6);
      assertThat(row.get("top_logprobs")).hasSameSizeAs(row.get("token_ids"));
      assertThat(row.at("/top_logprobs/0")).hasSize(2);
      assertThat(row.get("prompt_logprobs")).hasSameSizeAs(row.get("prompt_token_ids"));
      assertThat(row.at("/prompt_logprobs/0").isNull()).isTrue();
      assertThat(row.at("/top_prompt_logprobs/0")).isEmpty();
      assertThat(row.at("/top_prompt_logprobs/1")).hasSize(1);
    }
    assertThat(run(sample.formatted(prompts).replace("min_tokens: 4", "min_tokens: 7")))
        .isEqualTo(2);
    assertThat(printed(err))
        .contains(
            "stages.0.sample.min_tokens = 7 is refused, allowed: a whole number from 0 to max_tokens, 6");
  }

  @Test
  void rowsAreFilteredAndOtherNamesRead() throws IOException {
    Path csv = directory.resolve("qa.csv");
    Files.writeString(
        csv,
        "id,question,answer\n1,Anna has, cups.\n2,Anna has, cups.\n3,Leo has, books.\n4,x,y\n");
    String data =
        "{path: %s, fields: {prompt: question, completion: answer}, filter: \"answer <> 'y'\","
            + " deduplicate: %s, key: id}";
    String stages = "stages=[{evaluate: {data: %s, max_tokens: 4}}]";
    assertThat(run(stages.formatted(data.formatted(csv, true)))).as(printed(err)).isZero();
    assertThat(printed(out)).contains("2 examples", " · 1 filtered out · 1 duplicates skipped");
    assertThat(Files.readAllLines(directory.resolve("run/evaluation/stage-0.jsonl"))).hasSize(2);
    assertThat(run(stages.formatted(data.formatted(csv, true)))).isZero();
    assertThat(printed(out)).startsWith("nothing_to_do");

    spark.read().option("header", true).csv(csv.toString()).createOrReplaceTempView("qa");
    String table =
        "{table: qa, fields: {prompt: question, completion: answer}, deduplicate: [question, id]}";
    assertThat(run(stages.formatted(table), "--overwrite")).as(printed(err)).isZero();
    assertThat(printed(out)).contains("4 examples").doesNotContain("duplicates");
    assertThat(run(stages.formatted("{table: qx}"), "--overwrite")).isEqualTo(2);
    assertThat(printed(err)).contains("Cannot read qx: ", "(data.table)");
    assertThat(run(stages.formatted(data.formatted(csv, true)), "--dry-run", "--overwrite"))
        .isZero();
    assertThat(printed(out)).contains("qa.csv");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | data.path is missing",
        "{path: x.jsonl, table: y} | data.table = y is refused, allowed: null where data.path is given",
        "{table: y, source: csv} | data.source = csv is refused, allowed: auto for a table",
        "{path: x, source: cvs} | data.source = 'cvs' is refused, allowed: auto, jsonl, json, csv, tsv, parquet, orc (did you mean 'csv'?)",
        "{path: x, fields: {promt: q}} | data.fields.promt = q is no field of a record, did you mean 'prompt'? allowed: text, prompt",
        "{path: x, fields: q} | data.fields = 'q' is refused, allowed: keys with a text each",
        "{path: x, fields: {prompt: 3}} | data.fields.prompt = 3 is refused, allowed: a text (put it in quotes)",
        "{path: x, deduplicate: sometimes} | data.deduplicate = 'sometimes' is refused, allowed: true, false, a list of columns",
        "{path: x, deduplicate: []} | data.deduplicate = [] is refused, allowed: true, false, a list of columns",
        "{path: x, fliter: a} | data.fliter = 'a' is not a key, did you mean 'filter'? allowed: path, table",
      })
  void keysThatCannotBeAreRefused(String data, String message) {
    assertThat(run("stages=[{evaluate: {data: %s}}]".formatted(data))).isEqualTo(2);
    assertThat(printed(err)).contains("stages.0.evaluate." + message).hasLineCount(1);
  }

  private Path data(int good, String... bad) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < good; i++) {
      lines.add("{\"prompt\": \"Anna has %d\", \"completion\": \" cups.\"}".formatted(i));
    }
    lines.addAll(List.of(bad));
    return Files.write(directory.resolve("data.jsonl"), lines);
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    List<String> all =
        new ArrayList<>(List.of("jobs/quickstart.yaml", "output=" + directory.resolve("run")));
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
