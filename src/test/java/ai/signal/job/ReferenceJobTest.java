package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.signal.SparkExtension;
import ai.signal.checkpoint.CheckpointStore;
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
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Preferences learnt after demonstrations, in one job: what they are compared with. */
@ExtendWith(SparkExtension.class)
class ReferenceJobTest {
  private static final int TUNED = 20;
  private static final String PROMPT = "{\"prompt\": \"Nils gave a hat to Olga.\\nQuestion:\", ";

  @TempDir static Path directory;

  private static String execute(int expected, String... arguments) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    int status = SignalJob.execute(out, out, arguments);
    String said = printed.toString(StandardCharsets.UTF_8);
    assertThat(status).as(said).isEqualTo(expected);
    return said;
  }

  private static Path spec() throws IOException {
    String good = " Did Nils give a hat to Olga?\"";
    Files.writeString(
        directory.resolve("sft.jsonl"), (PROMPT + "\"completion\": \"" + good + "}\n").repeat(4));
    Files.writeString(
        directory.resolve("pairs.jsonl"),
        (PROMPT + "\"chosen\": \"" + good + ", \"rejected\": \" Go away.\"}\n").repeat(4));
    return Files.writeString(
        directory.resolve("job.yaml"),
        """
        name: reference
        model: {base: builtin:tiny, dtype: float32}
        lora: {rank: 4, alpha: 8}
        output: out
        stages:
          - train:
              data: {path: sft.jsonl}
              optimizer: {learning_rate: 1.0e-2}
              batch_size: 4
              steps: %d
          - train:
              data: {path: pairs.jsonl}
              loss: {name: dpo}
              optimizer: {learning_rate: 1.0e-3}
              batch_size: 4
              steps: 4
              checkpoint: {every_steps: 1, keep: 9}
              evaluate: {data: {path: pairs.jsonl}, every_steps: 2}
          - save: {mode: adapter}
        """
            .formatted(TUNED));
  }

  private static List<JsonNode> steps(Path output) throws IOException {
    List<JsonNode> steps = new ArrayList<>();
    for (String line : Files.readAllLines(output.resolve("metrics.jsonl"))) {
      steps.add(new ObjectMapper().readTree(line));
    }
    return steps;
  }

  @Test
  void preferencesAreComparedWithTheTunedModelAlsoAfterResuming(SparkSession spark)
      throws IOException {
    String spec = spec().toString();
    Path output = directory.resolve("start");
    execute(0, spec, "output=" + output);
    List<JsonNode> steps = steps(output);
    assertThat(steps).hasSize(TUNED + 4);
    assertThat(steps.get(TUNED).path("loss").doubleValue()).isCloseTo(Math.log(2), within(1e-6));
    assertThat(steps.get(TUNED + 3).path("evaluation_loss").doubleValue()).isLessThan(0.69);
    Path adapter = output.resolve("adapter/adapter_model.safetensors");
    byte[] whole = Files.readAllBytes(adapter);

    try (CheckpointStore store = CheckpointStore.open(output.toString(), new Configuration())) {
      store.delete(TUNED + 4); // as where the driver died after the step before
      store.delete(TUNED + 3);
    }
    Files.delete(output.resolve("summary.json"));
    Files.delete(output.resolve("stages/01-train.json"));
    Files.delete(output.resolve("stages/02-save.json"));
    Files.delete(adapter);
    assertThat(execute(0, spec, "output=" + output)).contains("step 2 of stage 2");
    assertThat(Files.readAllBytes(adapter)).isEqualTo(whole);
    assertThat(losses(steps(output))).isEqualTo(losses(steps));
  }

  private static List<String> losses(List<JsonNode> steps) {
    return steps.stream()
        .map(step -> step.path("loss") + " " + step.path("evaluation_loss"))
        .toList();
  }

  @Test
  void theBaseModelIsTheReferenceWhereTheSpecSaysSo(SparkSession spark) throws IOException {
    Path output = directory.resolve("base");
    execute(0, spec().toString(), "output=" + output, "stages.1.train.loss.reference=base");
    assertThat(steps(output).get(TUNED).path("loss").doubleValue()).isLessThan(0.1);
    try (Stream<Path> files = Files.walk(output.resolve("checkpoints"))) {
      assertThat(files.filter(file -> file.endsWith("start.f32"))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stages.1.train.loss.reference=start | reference: the adapter that this stage begins with",
        "stages.1.train.loss.reference=base | reference: the base model",
        "stages.0={train: {data: {path: %s/pairs.jsonl}, loss: {name: dpo}}} | reference: the base model",
      })
  void thePlanNamesTheReference(String override, String line) throws IOException {
    String plan = execute(0, "--dry-run", spec().toString(), override.formatted(directory));
    assertThat(plan.lines().map(String::strip)).contains(line);
  }

  @Test
  void aLossThatComparesWithNothingHasNoReference() throws IOException {
    assertThat(
            execute(
                2,
                "--dry-run",
                spec().toString(),
                "stages.0.train.loss={name: cross_entropy, reference: base}"))
        .contains(
            "stages.0.train.loss.reference = base is refused: loss cross_entropy compares with none");
    assertThat(
            execute(
                0,
                "--dry-run",
                spec().toString(),
                "stages.0.train.loss={name: cross_entropy, kl: 0.1, reference: base}"))
        .contains("reference: the base model");
  }
}
