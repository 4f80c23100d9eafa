package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.S3Extension;
import ai.signal.S3Server;
import ai.signal.SparkExtension;
import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.CheckpointWriter;
import ai.signal.checkpoint.RunIdentity;
import ai.signal.checkpoint.SavePolicy;
import ai.signal.checkpoint.Snapshot;
import ai.signal.client.SaveMode;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.lora.LoraConfig;
import ai.signal.lora.PeftAdapter;
import ai.signal.model.DType;
import ai.signal.model.ModelConfig;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelSource;
import ai.signal.storage.Content;
import ai.signal.storage.OwnedFiles;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.RunConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code submit.sh checkpoints}, on the local disk and on S3, without Spark. */
@ExtendWith(S3Extension.class)
class CheckpointsCommandTest {
  private static final RunIdentity RUN =
      new RunIdentity("id-1", "teach\u001b[31m", "model", "spec", Map.of());

  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<String> properties = new ArrayList<>();

  @BeforeEach
  void noSession() {
    SparkExtension.stop();
  }

  @AfterEach
  void forget() {
    properties.forEach(System::clearProperty);
  }

  /** As spark-submit hands --conf and profiles to the driver. */
  private Configuration submitTo(S3Server server) {
    S3Server.settings(server.port()).forEach((key, value) -> submit("spark.hadoop." + key, value));
    return server.conf();
  }

  private void submit(String key, String value) {
    System.setProperty(key, value);
    properties.add(key);
  }

  @Test
  void onTheLocalDisk() throws IOException {
    all(directory.resolve("out").toUri().toString(), new Configuration());
  }

  @Test
  void onS3(S3Server server) throws IOException {
    all("s3a://" + server.bucket() + "/runs/mine", submitTo(server));
  }

  private void all(String output, Configuration conf) throws IOException {
    assertThat(run("checkpoints", output)).isEqualTo(2);
    assertThat(printed(err)).startsWith("Cannot look at checkpoints: ").hasLineCount(1);
    try (OwnedFiles files = OwnedFiles.open(output, "job", conf)) {
      files.write("job.yaml", out -> out.write('x'));
    }
    assertThat(run("checkpoints", output)).isZero();
    assertThat(printed(out)).startsWith("There are no checkpoints in ").hasLineCount(1);
    assertThat(run("checkpoints", output, "verify")).isEqualTo(1);
    assertThat(run("checkpoints", output, "sweep")).isZero();

    save(output, conf, 1, 2, 3);
    String dead = leave(output, conf, 4, 2);
    listing(output, dead);

    assertThat(run("checkpoints", output, "verify")).isZero();
    assertThat(printed(out).lines())
        .containsExactly("step 3: good", "step 2: good", "step 1: good");
    assertThat(run("checkpoints", output, "verify", "4")).isEqualTo(1);
    assertThat(printed(out)).isEqualTo("step 4: refused: it has no manifest.json\n");
    assertThat(run("checkpoints", output, "delete", "4")).isEqualTo(2);
    assertThat(printed(err))
        .startsWith("Cannot delete checkpoint of step 4: its writer did not complete it (")
        .endsWith("); sweep deletes what is left of it; allowed: 3, 2, 1\n");

    assertThat(run("checkpoints", output, "sweep")).isZero();
    assertThat(printed(out).lines())
        .containsExactly(
            "deleted step-00000002/" + dead + "-1", "deleted step-00000004/" + dead + "-1");

    flip(output, 3, conf);
    assertThat(run("checkpoints", output, "verify", "--json")).isEqualTo(1);
    assertThat(json().at("/steps/0/problems/0").asText()).startsWith("adapter.bin is damaged: ");
    assertThat(json().at("/steps/1/good").asBoolean()).isTrue();

    for (String step : List.of("7", "-4")) {
      for (String[] command : unknown(output, step)) {
        assertThat(run(command)).as(String.join(" ", command)).isEqualTo(2);
        assertThat(printed(err))
            .contains(
                " checkpoint of step " + step + ": ", "has no such checkpoint; allowed: 3, 2, 1")
            .hasLineCount(1);
      }
    }
    assertThat(run("checkpoints", output, "delete", "1", "2")).isEqualTo(2);
    assertThat(printed(err))
        .startsWith("Cannot delete checkpoint of step 1, 2: no other in ")
        .endsWith(" is good; --force deletes it all the same\n");

    assertThat(run("checkpoints", output, "delete", "2", "3")).isZero();
    assertThat(printed(out))
        .containsPattern("deleted step 2 \\(attempt [0-9a-f]{16}-2, 1.0 kB\\)\n")
        .containsPattern("deleted step 3 ");
    assertThat(printed(err)).as("this process has it").contains(", which is running");
    assertThat(run("checkpoints", output, "delete", "--json", "1", "--force")).isZero();
    assertThat(json().path("deleted").toString()).isEqualTo("[1]");
    assertThat(run("checkpoints", output)).isZero();
    assertThat(printed(out)).startsWith("There are no checkpoints in ");
  }

  /** Commands on a step; a negative one is an option unless {@code --} precedes it. */
  private static List<String[]> unknown(String output, String step) {
    List<String[]> commands = new ArrayList<>();
    commands.add(new String[] {"checkpoints", output, "delete", "--", "2", step});
    commands.add(new String[] {"checkpoints", output, "verify", "--", step});
    if (!step.startsWith("-")) {
      commands.add(new String[] {"checkpoints", output, "export", step, "/nowhere/adapter"});
    }
    return commands;
  }

  /** Attempts of a writer that died: its id. */
  private static String leave(String output, Configuration conf, long... steps) throws IOException {
    try (OwnedFiles dead = OwnedFiles.open(output, "dead", conf)) {
      for (long step : steps) {
        String name = "checkpoints/step-%08d/%s-1/adapter.bin".formatted(step, dead.attempt());
        dead.announce(List.of(name), List.of());
        try (OutputStream file = dead.fileSystem().create(dead.path(name))) {
          file.write(new byte[7]);
        }
      }
      return dead.attempt();
    }
  }

  private void listing(String output, String dead) throws IOException {
    assertThat(run("checkpoints", output)).as(printed(err)).isZero();
    String time = "20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";
    assertThat(printed(out).lines())
        .satisfiesExactly(
            line -> assertThat(line).matches("STEP +WRITTEN +SIZE +RUN +ATTEMPT +STATE"),
            line ->
                assertThat(line).matches("4 +" + time + " +7 B +- +" + dead + "-1 +uncommitted"),
            line ->
                assertThat(line)
                    .matches("3 +" + time + " +1.0 kB +teach\\?\\[31m +[0-9a-f]{16}-3 +good"),
            line -> assertThat(line).matches("2 .* good"),
            line -> assertThat(line).matches("2 .* uncommitted"),
            line -> assertThat(line).matches("1 .* good"),
            line ->
                assertThat(line).matches("written by [0-9a-f]{16} \\(run .*, process .*\\), .*"));
    assertThat(run("checkpoints", output, "--json")).isZero();
    assertThat(json().path("checkpoints").findValuesAsText("state"))
        .containsExactly("uncommitted", "good", "good", "uncommitted", "good");
    assertThat(json().at("/checkpoints/1/bytes").asLong()).isEqualTo(1000);
    assertThat(json().at("/checkpoints/1/run_id").asText()).isEqualTo("id-1");
    assertThat(json().at("/owner/running").asBoolean()).isTrue();
  }

  @Test
  void anAdapterOfACheckpointIsExported(S3Server server) throws IOException {
    submitTo(server);
    Map<String, String> settings = new HashMap<>();
    properties.forEach(key -> settings.put(key, System.getProperty(key)));
    String output = "s3a://" + server.bucket() + "/run";
    LoraConfig lora =
        new LoraConfig(4, 6, 0.1, List.of("q_proj", "down_proj")).withRslora(true).withDora(true);
    Path base = base();
    float[] adapter;
    SparkSession spark = SparkExtension.start("local[2]", settings);
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run =
          signal.createRun(
              RunConfig.of(base.toString()).name("teach").dtype(DType.FLOAT32).lora(lora).build());
      for (int step = 0; step < 2; step++) {
        run.forwardBackward(
            List.of(run.example("Anna has", " a cup."), run.example("Leo", " ran.")),
            new CrossEntropy());
        run.optimStep(AdamW.of(1e-2));
        adapter = run.adapter();
        run.saveState(SaveMode.STATE, output);
      }
      adapter = run.adapter();
    } finally {
      spark.stop();
    }
    Path moved = directory.resolve("moved");
    for (String step : List.of("2", "latest")) {
      Path exported = directory.resolve("exported-" + step);
      assertThat(run("checkpoints", output, "export", step, exported.toString()))
          .as(printed(err))
          .isZero();
      assertThat(printed(out)).startsWith("step 2: adapter in ").contains("(5 files, ");
      PeftAdapter read = PeftAdapter.read(exported, ModelConfig.read(base.resolve("config.json")));
      assertThat(read.values()).isEqualTo(adapter);
      assertThat(read.config()).isEqualTo(lora);
      assertThat(Files.readString(exported.resolve("README.md")))
          .contains("# teach\n", "| optimizer steps | `2` |", "vLLM does not load");
      assertThat(exported.resolve("tokenizer.json")).exists();
    }
    assertThat(
            run("checkpoints", output, "export", "2", directory.resolve("exported-2").toString()))
        .isEqualTo(2);
    assertThat(printed(err)).contains("exists already").hasLineCount(1);
    assertThat(run("checkpoints", output, "export", "3", moved.toString())).isEqualTo(2);
    assertThat(printed(err)).endsWith("has no such checkpoint; allowed: 2, 1\n");
    Path file = Files.writeString(directory.resolve("a-file"), "");
    for (String target : List.of(file.toString(), file + "/a/b", "/dev/null", "/dev/null/a")) {
      assertThat(run("checkpoints", output, "export", "2", target)).as(target).isEqualTo(2);
      assertThat(printed(err))
          .matches(
              "Cannot save adapter: (/dev/null|" + file + ") is a file, allowed: a directory\n");
    }
    assertThat(run("checkpoints", output, "export", "newest", moved.toString())).isEqualTo(2);

    submit("spark.master", "local[1]");
    submit("spark.ui.enabled", "false");
    Path merged = directory.resolve("merged");
    assertThat(
            run(
                "checkpoints",
                output,
                "export",
                "latest",
                merged.toString(),
                "--merged",
                "--max-shard-size=1MB"))
        .as(printed(err))
        .isZero();
    assertThat(printed(out)).contains("step 2: merged model in ");
    assertThat(ModelDirectory.open(merged).config()).isNotNull();
    assertThat(merged.resolve("model.safetensors.index.json")).exists();
    assertThat(run("checkpoints", output, "export", "latest", moved.toString(), "--dtype=float16"))
        .isEqualTo(2);
    assertThat(printed(err)).contains("dtype = 'float16' is refused");

    Files.move(base, directory.resolve("elsewhere"));
    assertThat(run("checkpoints", output, "export", "latest", moved.toString())).isEqualTo(2);
    assertThat(printed(err)).contains("there is no such directory");
    assertThat(
            run(
                "checkpoints",
                output,
                "export",
                "latest",
                moved.toString(),
                "--base",
                "builtin:tiny"))
        .as(printed(err))
        .isZero();
  }

  @Test
  void aWrongCommandLineExitsWith2() {
    assertThat(run("checkpoints")).isEqualTo(2);
    assertThat(printed(err)).contains("Missing required parameter: 'OUTPUT'");
    assertThat(run("checkpoints", "runs/mine", "delete")).isEqualTo(2);
    assertThat(run("checkpoints", "runs/mine", "delete", "x")).isEqualTo(2);
    assertThat(run("checkpoints", "runs/mine", "verfy")).isEqualTo(2);
    assertThat(run("checkpoints", "--help")).isZero();
    assertThat(printed(out)).contains("OUTPUT", "verify", "delete", "sweep", "export", "--json");
    assertThat(run("checkpoints", "x", "export", "--help")).isZero();
    assertThat(printed(out)).contains("STEP", "DIR", "--base");
    assertThat(run("--help")).isZero();
    assertThat(printed(out)).contains("checkpoints", "JOB.yaml");
  }

  @Test
  void aFileSystemThatIsNotThereIsOneLine() {
    assertThat(run("checkpoints", "nowhere://x/y")).isEqualTo(2);
    assertThat(printed(err)).contains("nowhere").hasLineCount(1);
  }

  private static void save(String output, Configuration conf, long... steps) throws IOException {
    byte[] bytes = new byte[1000];
    Arrays.fill(bytes, (byte) 7);
    Content content = stream -> stream.write(bytes);
    try (CheckpointStore store = CheckpointStore.open(output, conf);
        CheckpointWriter writer = CheckpointWriter.open(store, RUN, SavePolicy.DEFAULT)) {
      for (long step : steps) {
        writer.save(
            new Snapshot(
                step, JsonNodeFactory.instance.objectNode(), Map.of("adapter.bin", content)));
      }
      writer.await();
    }
  }

  /** Another byte in the file of a step, whose size stays. */
  private static void flip(String output, long step, Configuration conf) throws IOException {
    org.apache.hadoop.fs.Path directory =
        new org.apache.hadoop.fs.Path(output, "checkpoints/step-%08d".formatted(step));
    try (FileSystem files = FileSystem.newInstance(directory.toUri(), conf)) {
      files.setWriteChecksum(false);
      for (var status : files.listStatus(directory)) {
        if (status.isDirectory()) {
          org.apache.hadoop.fs.Path file =
              new org.apache.hadoop.fs.Path(status.getPath(), "adapter.bin");
          try (var stream = files.create(file, true)) {
            stream.write(new byte[1000]);
          }
        }
      }
    }
  }

  private Path base() throws IOException {
    Path base = Files.createDirectories(directory.resolve("tiny-of-mine"));
    try (Stream<Path> files = Files.list(ModelSource.resolve("builtin:tiny"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, base.resolve(file.getFileName().toString()));
      }
    }
    return base;
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    return SignalJob.execute(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        args);
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out.toByteArray());
  }

  private static String printed(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
