package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.SparkExtension;
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

  private String run(String rate, int steps) throws IOException {
    return run(rate, steps, List.of());
  }

  private String run(String rate, int steps, List<String> overrides) throws IOException {
    Files.writeString(
        directory.resolve("data.jsonl"), "{\"text\": \"%s\"}\n".formatted(text).repeat(4));
    Path spec = directory.resolve("job.yaml");
    Files.writeString(
        spec,
        """
        name: diverged
        model: {base: builtin:tiny}
        output: %s
        stages:
          - train:
              data: {path: data.jsonl, max_length: 16}
              optimizer: {learning_rate: %s, grad_clip: 0}
              schedule: {name: constant, warmup_steps: 0}
              batch_size: 2
              steps: %d
        """
            .formatted(directory.resolve("out"), rate, steps));
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    List<String> args = new ArrayList<>(List.of(spec.toString()));
    args.addAll(overrides);
    int status =
        SignalJob.execute(
            quiet, new PrintStream(err, true, StandardCharsets.UTF_8), args.toArray(String[]::new));
    assertThat(status).isEqualTo(1);
    return err.toString(StandardCharsets.UTF_8).strip();
  }
}
