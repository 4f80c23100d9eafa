package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.signal.SparkExtension;
import ai.signal.checkpoint.CheckpointStore;
import ai.signal.lora.PeftAdapter;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Outputs as earlier releases left them. {@code output-format-1} is of the release before outputs
 * had records; {@code output-format-2} was stopped at step 4 of 6, and {@code
 * adapter-format-2.safetensors} is what it ended with where it was not stopped.
 */
@ExtendWith(SparkExtension.class)
class OutputGoldenTest {
  private static final String WRITE = "signal.golden.write";
  private static final String JOB =
      """
      name: golden
      model: {base: builtin:tiny, dtype: float32}
      lora: {rank: 1, alpha: 2, targets: [q_proj], dropout: 0.1}
      output: out
      seed: 7
      stages:
        - evaluate: {data: {table: golden_pairs}, max_tokens: 4}
        - train:
            data: {table: golden_pairs}
            batch_size: 2
            steps: 6
            checkpoint: {every_steps: 2, keep: 3}
        - save: {mode: adapter}
        - save: {mode: state}
      """;

  @TempDir Path directory;

  @BeforeEach
  void writeJob(SparkSession spark) throws IOException {
    Files.writeString(directory.resolve("job.yaml"), JOB);
    spark
        .read()
        .json(
            spark.createDataset(
                List.of(
                    "{\"prompt\": \"Nils gave a hat to Olga.\", \"completion\": \" Did he?\"}",
                    "{\"prompt\": \"Rosa sold a cup to Emil.\", \"completion\": \" Did she?\"}",
                    "{\"prompt\": \"Jonas showed a key.\", \"completion\": \" To whom?\"}",
                    "{\"prompt\": \"Mara lent a book.\", \"completion\": \" Which one?\"}"),
                Encoders.STRING()))
        .createOrReplaceTempView("golden_pairs");
  }

  private Path golden(String name) throws IOException {
    Path copy = directory.resolve(name);
    copy(resource(name), copy);
    return copy;
  }

  private static Path resource(String name) {
    try {
      return Path.of(OutputGoldenTest.class.getResource("/outputs/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private static String run(int status, String... arguments) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    int ended = SignalJob.execute(out, out, arguments);
    String said = printed.toString(StandardCharsets.UTF_8);
    assertThat(ended).as(said).isEqualTo(status);
    return said;
  }

  private static Map<String, String> tree(Path root) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        tree.put(
            root.relativize(file).toString(),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return tree;
  }

  @Test
  void anOutputOfFormat1IsNamedAndNeverTouched(SparkSession spark) throws IOException {
    Path output = golden("output-format-1");
    Map<String, String> before = tree(output);
    String job = directory.resolve("job.yaml").toString();
    String to = "output=" + output;
    for (String said :
        List.of(run(2, job, to), run(2, "--overwrite", job, to), run(0, "--dry-run", job, to))) {
      assertThat(said).contains("was written by an earlier version of Signal (format 1, this one");
      assertThat(tree(output)).isEqualTo(before);
    }
    String place = output.toString();
    assertThat(run(0, "checkpoints", place)).contains("6", "4");
    run(0, "checkpoints", place, "verify");
    run(0, "checkpoints", place, "export", "latest", directory.resolve("exported").toString());
    assertThat(Files.readAllBytes(directory.resolve("exported/adapter_model.safetensors")))
        .isEqualTo(Files.readAllBytes(output.resolve("adapter/adapter_model.safetensors")));
    assertThat(run(1, "checkpoints", place, "delete", "4"))
        .contains("no record in written/ proves that this version of Signal wrote it");
    run(0, "checkpoints", place, "sweep");
    assertThat(tree(output)).isEqualTo(before);
  }

  @Test
  void anOutputOfFormat2IsResumed(SparkSession spark) throws IOException {
    Path output = golden("output-format-2");
    assertThat(run(0, "--dry-run", directory.resolve("job.yaml").toString(), "output=" + output))
        .contains("(holds this job, unfinished: resumed from its newest checkpoint)");
    run(0, "checkpoints", output.toString(), "verify");
    assertThat(run(0, directory.resolve("job.yaml").toString(), "output=" + output))
        .contains("step 4 of stage 2", "succeeded");
    Path expected = Files.createDirectory(directory.resolve("expected"));
    Files.copy(
        resource("adapter-format-2.safetensors"), expected.resolve("adapter_model.safetensors"));
    Files.copy(
        output.resolve("adapter/adapter_config.json"), expected.resolve("adapter_config.json"));
    float[] ours = values(output.resolve("adapter"));
    float[] theirs = values(expected);
    assertThat(ours).hasSameSizeAs(theirs);
    for (int i = 0; i < ours.length; i++) { // bits are promised for one kind of CPU
      assertThat(ours[i]).isCloseTo(theirs[i], within(1e-4f));
    }
  }

  private static float[] values(Path adapter) {
    return PeftAdapter.read(
            adapter, ModelDirectory.open(ModelSource.resolve("builtin:tiny")).config())
        .values();
  }

  /** Makes the files of the present format: {@code -Dsignal.golden.write=DIRECTORY}. */
  @Test
  @EnabledIfSystemProperty(named = WRITE, matches = ".+")
  void write(SparkSession spark) throws IOException {
    Path target = Files.createDirectories(Path.of(System.getProperty(WRITE)));
    Path output = directory.resolve("out");
    run(0, directory.resolve("job.yaml").toString(), "output=" + output);
    Files.copy(
        output.resolve("adapter/adapter_model.safetensors"),
        target.resolve("adapter-format-2.safetensors"));
    for (String name :
        List.of(
            "summary.json",
            "report.html",
            "stages/01-train.json",
            "stages/02-save.json",
            "stages/03-save.json")) {
      Files.delete(output.resolve(name));
    }
    try (CheckpointStore store = CheckpointStore.open(output.toString(), new Configuration())) {
      store.delete(6);
    }
    copy(output, target.resolve("output-format-2"));
  }
}
