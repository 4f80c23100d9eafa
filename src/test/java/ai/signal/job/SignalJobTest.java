package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.SparkExtension;
import ai.signal.model.ModelSource;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quickstart, shortened, through the command line. */
class SignalJobTest {
  private static final String QUICKSTART = "jobs/quickstart.yaml";

  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void noSessionYet() {
    SparkExtension.stop();
  }

  @Test
  void runsOnceAndThenHasNothingToDo() throws IOException {
    SparkSession spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate();
    try {
      String[] few = {
        "stages.1.train.steps=3",
        "stages.0.evaluate.data.path=" + few(),
        "stages.2.evaluate.data.path=" + few()
      };
      assertThat(quickstart(few)).as(printed(err)).isZero();
      assertThat(printed(out))
          .contains(
              "[1/5] evaluate", "1,000 examples", "step 3/3", "3 completions", "before", "after")
          .containsPattern("prompt  At the \\w+ ")
          .contains("succeeded in ");
      outputsAreThose();

      assertThat(quickstart(few)).isZero();
      assertThat(printed(out)).startsWith("nothing_to_do: ");
      assertThat(json("summary.json").path("status").asText()).isEqualTo("nothing_to_do");

      assertThat(quickstart("stages.1.train.steps=4")).isEqualTo(2);
      assertThat(printed(err)).contains("holds another job").hasLineCount(1);
      assertThat(spark.sparkContext().isStopped()).as("a session of someone else").isFalse();
    } finally {
      spark.stop();
    }
  }

  /** Somebody presses "kill" on Spark's page. */
  @Test
  void aKilledSparkJobIsAFailureThatIsWrittenDown() throws IOException {
    SparkSession spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate();
    spark
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onJobStart(SparkListenerJobStart job) {
                if (job.properties()
                    .getProperty("spark.job.description", "")
                    .contains("step 2 · forward_backward")) {
                  spark.sparkContext().cancelJob(job.jobId());
                }
              }
            });
    try {
      assertThat(
              quickstart("stages=[{train: {data: {path: " + few() + "}, steps: 3}}, {save: {}}]"))
          .isEqualTo(1);
      assertThat(printed(err)).contains("Job failed: ").contains("cancelled");
      assertThat(json("summary.json").path("status").asText()).isEqualTo("failed");
      assertThat(json("summary.json").path("error").asText()).contains("cancelled");
      assertThat(Files.readAllLines(run().resolve("metrics.jsonl"))).hasSize(1);
    } finally {
      spark.stop();
    }
  }

  /** Twelve of the held-out examples. */
  private Path few() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("jobs/data/quickstart-held-out.jsonl"));
    return Files.write(directory.resolve("few.jsonl"), lines.subList(0, 12));
  }

  private void outputsAreThose() throws IOException {
    assertThat(run().toFile().list())
        .containsExactlyInAnyOrder(
            "job.yaml",
            "data",
            "checkpoints",
            "stages",
            "owner.json",
            "written",
            "metrics.jsonl",
            "evaluation",
            "samples",
            "adapter",
            "report.html",
            "summary.json");
    assertThat(Files.readAllLines(run().resolve("metrics.jsonl"))).hasSize(3);
    JsonNode summary = json("summary.json");
    assertThat(summary.path("stages").findValuesAsText("stage"))
        .containsExactly("evaluate", "train", "evaluate", "sample", "save");
    JsonNode before = summary.at("/stages/0");
    JsonNode after = summary.at("/stages/2");
    assertThat(after.path("loss").asDouble()).isLessThan(before.path("loss").asDouble());
    assertThat(before.path("exact_match").asDouble(-1)).isBetween(0.0, 0.1);
    JsonNode row =
        new ObjectMapper()
            .readTree(Files.readAllLines(run().resolve("samples/stage-3.jsonl")).get(0));
    List<String> fields = new ArrayList<>();
    row.fieldNames().forEachRemaining(fields::add);
    assertThat(fields)
        .containsExactly("prompt", "completion", "token_ids", "logprobs", "stop_reason");
    assertThat(row.path("token_ids")).hasSameSizeAs(row.path("logprobs")).isNotEmpty();
    assertThat(Files.readAllLines(run().resolve("evaluation/stage-2.jsonl"))).hasSize(12);
    assertThat(run().resolve("adapter/adapter_model.safetensors")).isNotEmptyFile();
    assertThat(Files.readString(run().resolve("report.html"))).contains("<svg");
    assertThat(Files.readString(run().resolve("job.yaml")))
        .doesNotContain("auto\n    max", "dtype: auto");
  }

  @Test
  void planStartsNothing() {
    assertThat(quickstart("--dry-run", "stages.1.train.steps=120")).as(printed(err)).isZero();
    assertThat(printed(out))
        .contains("4 layers · hidden 192", "rank 16 · 234,656 trainable parameters")
        .contains("1,000 examples", "120 steps (1.90 epochs) of 16 examples, about 576 tokens each")
        .contains("weights ", "activations ", "driver ");
    assertThat(run()).doesNotExist();
    assertThat(SparkSession.getDefaultSession().isEmpty()).isTrue();
  }

  @Test
  void planSaysThatUnequalWeightsAreNotTied() throws IOException {
    Path model = Files.createDirectory(directory.resolve("model"));
    try (Stream<Path> files = Files.list(ModelSource.resolve("builtin:tiny"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    Path config = model.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("\"tie_word_embeddings\" *: *false", "\"tie_word_embeddings\": true"));

    assertThat(quickstart("--dry-run", "model.base=" + model)).as(printed(err)).isZero();
    assertThat(printed(out)).contains("note       model ", "so they are not tied");
  }

  @Test
  void aWrongSpecIsOneLineAndStartsNothing() {
    assertRefused("lora.targets=[q_prj]", "lora.targets = [q_prj] is refused");
    assertRefused("model.base=builtin:huge", "model.base = 'builtin:huge' is refused: Cannot");
    assertRefused(
        "stages.1.train.batch_size=1",
        "batch_size = 1 is refused, allowed: at least cluster.lanes = 2");
    assertRefused(
        "stages.1.train.data.path=none.jsonl",
        "stages.1.train.data.path = 'none.jsonl' is refused");
    assertRefused(
        "stages.3.sample.prompts.path=none.jsonl", "stages.3.sample.prompts.path = 'none.jsonl'");
    assertRefused(
        "stages.0.evaluate.data.max_length=513", "allowed: up to the model's 512 positions");
    assertRefused("lora.init=none", "lora.init = ");
    assertRefused(
        "stages.2={save: {}}",
        "stages.4.save.mode = adapter is refused, allowed: each mode in one");
    assertThat(SparkSession.getDefaultSession().isEmpty()).isTrue();
  }

  @Test
  void aWrongCommandLineExitsWith2() {
    assertThat(execute()).isEqualTo(2);
    assertThat(execute("--bogus", QUICKSTART)).isEqualTo(2);
    assertThat(printed(err)).contains("Unknown option: '--bogus'");
    assertThat(execute("--help")).isZero();
    assertThat(printed(out)).contains("JOB.yaml", "key.path=value", "Examples:", "--dry-run");
    assertThat(execute("--version")).isZero();
  }

  private void assertRefused(String override, String message) {
    assertThat(quickstart(override)).as(override).isEqualTo(2);
    assertThat(printed(err))
        .startsWith("Invalid job spec " + QUICKSTART + ": ")
        .contains(message)
        .hasLineCount(1);
  }

  private int quickstart(String... more) {
    List<String> args = new ArrayList<>(List.of(QUICKSTART, "output=" + run()));
    args.addAll(List.of(more));
    return execute(args.toArray(String[]::new));
  }

  private int execute(String... args) {
    out.reset();
    err.reset();
    return SignalJob.execute(stream(out), stream(err), args);
  }

  private Path run() {
    return directory.resolve("run");
  }

  private JsonNode json(String name) throws IOException {
    return new ObjectMapper().readTree(run().resolve(name).toFile());
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String printed(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
