package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.SparkExtension;
import ai.signal.model.ModelSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class DivergedTest {
  @TempDir Path directory;
  private String text = "a b c";

  @Test
  void aLossThatIsNoNumberFailsTheJobAndFailsItAgain(SparkSession spark) throws IOException {
    String expected =
        "Job failed: Training diverged in stages.0.train: the loss of step 3, the last one, is NaN;"
            + " lower stages.0.train.optimizer.learning_rate, 1.0E38, and start again with --overwrite";
    assertThat(run("1.0e38", 3)).isEqualTo(expected);
    assertThat(Files.readString(directory.resolve("out/summary.json")))
        .contains("\"status\" : \"failed\"");
    assertThat(run("1.0e38", 3)).isEqualTo(expected);
  }

  @Test
  void anAdapterThatIsNotFiniteFailsTheJob(SparkSession spark) throws IOException {
    assertThat(run("1.0e39", 1))
        .startsWith("Job failed: Training diverged in stages.0.train: after 1 steps the adapter");
  }

  @Test
  void stepsThatAllHaveNoFiniteGradientFailTheJobAndFailItAgain(SparkSession spark)
      throws IOException {
    String expected =
        "Job failed: Training diverged in stages.0.train: none of its steps had a finite gradient, so nothing was learned;"
            + " lower stages.0.train.optimizer.learning_rate, 0.001, and start again with --overwrite";
    text = "a b c ".repeat(60);
    List<String> overrides =
        List.of(
            "stages.0.train.data.max_length=256",
            "lora.targets=[lm_head]",
            "lora.rank=1",
            "lora.alpha=3.0e38"); // B is 0, so the loss is finite, but B's gradient overflows
    assertThat(run("0.001", 2, overrides)).isEqualTo(expected);
    assertThat(run("0.001", 2, overrides)).isEqualTo(expected);
  }

  /** The values of every weight are NaN, as a damaged conversion leaves them. */
  @Test
  void aBaseModelThatIsNotFiniteIsNamed(SparkSession spark) throws IOException {
    Path model = nans();
    assertThat(run(2, model.toString(), "", "1.0e-4", 2, List.of()))
        .isEqualTo(
            "Cannot train in stages.0.train: the loss of its step 1 is NaN before anything is learned,"
                + " so the base model '%s' gives numbers that are not finite; download it again, or"
                    .formatted(model)
                + " compute in another model.dtype than bfloat16");
    String evaluation = "  - evaluate: {data: {path: data.jsonl, max_length: 16}}\n";
    assertThat(run(2, model.toString(), evaluation, "1.0e-4", 2, List.of()))
        .startsWith("Cannot evaluate in stages.0.evaluate: the loss is NaN before anything");
  }

  private Path nans() throws IOException {
    Path model = Files.createDirectory(directory.resolve("model"));
    try (Stream<Path> files = Files.list(ModelSource.resolve("builtin:tiny"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, model.resolve(file.getFileName().toString()));
      }
    }
    Path weights = model.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    int header = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    Arrays.fill(bytes, Long.BYTES + header, bytes.length, (byte) 0xff); // NaN in every dtype
    Files.write(weights, bytes);
    return model;
  }

  private String run(String rate, int steps) throws IOException {
    return run(1, "builtin:tiny", "", rate, steps, List.of());
  }

  private String run(String rate, int steps, List<String> overrides) throws IOException {
    return run(1, "builtin:tiny", "", rate, steps, overrides);
  }

  private String run(
      int expected, String base, String first, String rate, int steps, List<String> overrides)
      throws IOException {
    Files.writeString(
        directory.resolve("data.jsonl"), "{\"text\": \"%s\"}\n".formatted(text).repeat(4));
    Path spec = directory.resolve("job.yaml");
    Files.writeString(
        spec,
        """
        name: diverged
        model: {base: %s}
        output: %s
        stages:
        %s  - train:
              data: {path: data.jsonl, max_length: 16}
              optimizer: {learning_rate: %s, grad_clip: 0}
              schedule: {name: constant, warmup_steps: 0}
              batch_size: 2
              steps: %d
        """
            .formatted(
                base,
                directory.resolve(first.isEmpty() ? "out" : "evaluated"),
                first,
                rate,
                steps));
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    List<String> args = new ArrayList<>(List.of(spec.toString()));
    args.addAll(overrides);
    int status =
        SignalJob.execute(
            quiet, new PrintStream(err, true, StandardCharsets.UTF_8), args.toArray(String[]::new));
    assertThat(status).isEqualTo(expected);
    return err.toString(StandardCharsets.UTF_8).strip();
  }
}
