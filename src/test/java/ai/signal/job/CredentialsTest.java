package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.checkpoint.CheckpointStore;
import ai.signal.client.SaveMode;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.InputFile;
import ai.signal.model.ModelSource;
import ai.signal.train.RunConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials where none belong: each door refuses them, and repeats none. */
@ExtendWith(ai.signal.SparkExtension.class)
class CredentialsTest {
  private static final String LOCATION = "s3a://anna:PLANTED@bucket/x";
  private static final String QUICKSTART = "jobs/quickstart.yaml";

  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "output=" + LOCATION,
        "model.base=" + LOCATION,
        "lora.init=" + LOCATION,
        "stages.1.train.data.path=" + LOCATION,
        "stages.3.sample.prompts.path=" + LOCATION,
        "stages.0.evaluate.data.path=https://host/x?X-Amz-Signature=PLANTED"
      })
  void locationsOfASpec(String override) {
    assertThat(run(QUICKSTART, override)).isEqualTo(2);
    assertThat(printed())
        .startsWith(
            "Invalid job spec %s: %s is refused: the "
                .formatted(QUICKSTART, override.substring(0, override.indexOf('='))))
        .contains("spark.hadoop.fs.*", "docs/security.md")
        .hasLineCount(1)
        .doesNotContain("PLANTED");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "access_key",
        "model.secret_key",
        "fs.s3a.secret.key",
        "cluster.password",
        "stages.1.train.data.aws_access_key_id",
        "stages.1.train.session_token",
        "model.hf_token"
      })
  void keysOfASpec(String key) {
    assertThat(run(QUICKSTART, key + "=PLANTED")).isEqualTo(2);
    assertThat(printed())
        .contains(" is refused: a spec holds no credentials, for it is written to job.yaml; ")
        .hasLineCount(1)
        .doesNotContain("PLANTED");
  }

  @Test
  void inTheFileItself() throws IOException {
    Path spec = directory.resolve("job.yaml");
    Files.writeString(
        spec,
        "name: x\nmodel: {base: 'builtin:tiny', secret: PLANTED}\noutput: x\nstages: [save: {}]\n");
    assertThat(run(spec.toString())).isEqualTo(2);
    assertThat(printed()).contains("model.secret is refused").doesNotContain("PLANTED");
  }

  @Test
  void commandLines() {
    assertThat(run("checkpoints", LOCATION)).isEqualTo(2);
    assertThat(printed()).startsWith("Refused: the s3a: location").doesNotContain("PLANTED");
    assertThat(run("checkpoints", "runs/x", "export", "latest", LOCATION)).isEqualTo(2);
    assertThat(printed()).doesNotContain("PLANTED");
    assertThat(run("checkpoints", "runs/x", LOCATION)).isEqualTo(2);
    assertThat(printed()).contains("Unmatched argument").doesNotContain("PLANTED");
    assertThat(run(QUICKSTART, LOCATION)).isEqualTo(2);
    assertThat(printed()).contains("Invalid override").doesNotContain("PLANTED");
    assertThat(run(LOCATION)).isEqualTo(2);
    assertThat(printed())
        .startsWith("Cannot read job spec: the s3a: location carries a password")
        .doesNotContain("PLANTED");
  }

  @Test
  void callsFromJava(SparkSession spark) {
    refused(() -> CheckpointStore.open(LOCATION, new Configuration()));
    refused(() -> OutputDirectory.open(LOCATION, new Configuration()));
    refused(() -> InputFile.list(List.of(LOCATION), new Configuration()));
    refused(() -> ModelSource.resolve(LOCATION));
    refused(() -> RunConfig.of(LOCATION).build());
    refused(() -> RunConfig.of("builtin:tiny").init(LOCATION).build());
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(RunConfig.of("builtin:tiny").build());
      refused(() -> run.saveState(SaveMode.ADAPTER, LOCATION));
      refused(() -> run.saveState(SaveMode.STATE, LOCATION));
      refused(() -> run.loadState(LOCATION));
      refused(() -> run.loadWeights(LOCATION));
    }
  }

  private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .hasMessageContaining("location carries a password before the @")
        .satisfies(
            e -> {
              for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                assertThat(String.valueOf(cause.getMessage())).doesNotContain("PLANTED");
              }
            });
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    return SignalJob.execute(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        args);
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
  }
}
