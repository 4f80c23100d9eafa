package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.ChildJvm;
import ai.signal.SparkExtension;
import ai.signal.checkpoint.Checkpoint;
import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.CheckpointWriter;
import ai.signal.checkpoint.Expected;
import ai.signal.checkpoint.SavePolicy;
import ai.signal.checkpoint.Snapshot;
import ai.signal.checkpoint.StoredFile;
import ai.signal.cluster.SparkHome;
import ai.signal.storage.Content;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job whose driver was killed goes on, by the same command and on any number of executors, to the
 * same bits, and has every step once.
 */
@ExtendWith(SparkExtension.class)
class JobResumeTest {
  private static final int STEPS = 18;

  /** The last one has two executors, in processes of their own. */
  private static final List<String> MASTERS =
      List.of("local[1]", "local[3]", "local-cluster[2,1,1024]");

  private static final int KILLED = 128 + 9;
  private static final int TERMINATED = 128 + 15;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path directory;

  /** What a job left. */
  @SuppressWarnings("ArrayRecordComponent") // compared one by one
  private record Left(byte[] adapter, List<JsonNode> steps, String samples) {}

  /** The job, and what it leaves undisturbed. */
  private Left undisturbed() throws IOException {
    if (!Files.exists(directory.resolve("job.yaml"))) {
      writeSpec();
      here("undisturbed");
    }
    return left("undisturbed");
  }

  /** The output of an undisturbed job, to do something to. */
  private Path copy(String name) throws IOException {
    Path from = directory.resolve("undisturbed");
    Path copy = directory.resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(from.relativize(file)));
      }
    }
    return copy;
  }

  private void writeSpec() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      lines.add(
          "{\"prompt\": \"Anna has %d\", \"completion\": \" cups%s.\"}"
              .formatted(i, " today".repeat(i % 4)));
    }
    Files.write(directory.resolve("data.jsonl"), lines);
    Files.write(directory.resolve("held-out.jsonl"), lines.subList(3, 9));
    Files.writeString(
        directory.resolve("job.yaml"),
        """
        name: resume
        model: {base: builtin:tiny, dtype: float32}
        lora: {rank: 4, alpha: 8, dropout: 0.1}
        output: out
        seed: 11
        stages:
          - evaluate: {data: {path: held-out.jsonl}, max_tokens: 4}
          - train:
              data: {path: data.jsonl}
              optimizer: {learning_rate: 1.0e-3}
              batch_size: 6
              steps: %d
              checkpoint: {every_steps: 4, keep: 2}
              evaluate: {data: {path: held-out.jsonl}, every_steps: 3}
          - sample: {prompts: {path: held-out.jsonl}, max_tokens: 4}
          - save: {mode: adapter}
          - save: {mode: state}
        """
            .formatted(STEPS));
  }

  private Left left(String name) throws IOException {
    Path output = directory.resolve(name);
    List<JsonNode> steps = new ArrayList<>();
    for (String line : Files.readAllLines(output.resolve("metrics.jsonl"))) {
      steps.add(JSON.readTree(line));
    }
    try (Stream<Path> samples = Files.list(output.resolve("samples"))) {
      return new Left(
          Files.readAllBytes(output.resolve("adapter/adapter_model.safetensors")),
          steps,
          Files.readString(samples.findFirst().orElseThrow()));
    }
  }

  /** In this JVM: what it printed. */
  private String here(String name, String... overrides) {
    return run("job.yaml", name, overrides);
  }

  private String run(String spec, String name, String... overrides) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    int status = SignalJob.execute(out, out, arguments(spec, name, overrides));
    String said = printed.toString(StandardCharsets.UTF_8);
    assertThat(status).as(said).isZero();
    return said;
  }

  private String[] arguments(String spec, String name, String... overrides) {
    return Stream.concat(
            Stream.of(directory.resolve(spec).toString(), "output=" + directory.resolve(name)),
            Arrays.stream(overrides))
        .toArray(String[]::new);
  }

  private static ChildJvm.Ended signalled(
      String master, String signal, String at, List<String> options, String... arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(master, signal, at));
    all.addAll(List.of(arguments));
    return ChildJvm.end(
        SparkHome.environment(), options, Signalled.class, all.toArray(String[]::new));
  }

  private static void requireSame(Left found, Left expected) {
    assertThat(found.adapter).as("adapter").isEqualTo(expected.adapter);
    assertThat(found.samples).as("samples").isEqualTo(expected.samples);
    assertThat(numbers(found.steps)).containsExactlyElementsOf(numbers(expected.steps));
  }

  /** All of a step but how long it took. */
  private static List<String> numbers(List<JsonNode> steps) {
    return steps.stream()
        .map(
            step ->
                Stream.of("step", "epoch", "loss", "learning_rate", "grad_norm", "evaluation_loss")
                    .map(key -> key + " " + step.path(key))
                    .toList()
                    .toString())
        .toList();
  }

  private void killed(int kills, long seed) throws IOException {
    Left undisturbed = undisturbed();
    assertThat(undisturbed.steps)
        .extracting(step -> step.path("step").intValue())
        .isEqualTo(IntStream.rangeClosed(1, STEPS).boxed().toList());

    Random random = new Random(seed);
    int sent = 0;
    for (int round = 0; sent < kills; round++) {
      String name = "killed-%d-%d".formatted(kills, round);
      int status = KILLED;
      while (status != 0 && sent < kills) {
        status = killed(name, random, sent % 3 == 2 ? "TERM" : "KILL");
        sent += status == 0 ? 0 : 1; // else the job was done before
      }
      assertThat(here(name)).containsAnyOf("succeeded", "nothing_to_do");
      requireSame(left(name), undisturbed);
    }
  }

  /** How a job ended that got a signal at one of its tasks. */
  private int killed(String name, Random random, String signal) throws IOException {
    String master = MASTERS.get(random.nextInt(MASTERS.size()));
    ChildJvm.Ended child =
        signalled(
            master,
            signal,
            Integer.toString(5 + random.nextInt(36)),
            List.of(),
            arguments("job.yaml", name));
    assertThat(child.status())
        .as(child.out() + child.log())
        .isIn(0, signal.equals("TERM") ? TERMINATED : KILLED);
    if (child.status() == TERMINATED && !child.out().contains("succeeded in")) {
      assertThat(child.out()).contains("stopped by a signal: ");
      assertThat(Files.readString(directory.resolve(name).resolve("summary.json")))
          .contains("\"status\" : \"stopped\"", "The job was stopped by a signal");
    }
    return child.status();
  }

  @Test
  void killedAtRandomSteps(SparkSession spark) throws IOException {
    killed(3, 2);
  }

  @Test
  @Tag("full")
  void killedAtManyRandomSteps(SparkSession spark) throws IOException {
    killed(30, 17);
  }

  @Test
  void whatWasFinishedIsNotDoneAgain(SparkSession spark) throws IOException {
    Left whole = undisturbed();
    Path output = copy("whole");
    Files.delete(output.resolve("summary.json"));
    Files.delete(output.resolve("stages/03-save.json"));
    Files.delete(output.resolve("adapter/adapter_model.safetensors"));

    assertThat(here("whole"))
        .contains("continues from step 18 of stage 2", "[1/5] evaluate")
        .containsPattern("loss [0-9.]+ · exact match [0-9.]+ % · already done")
        .contains("18 steps · loss", "6 completions · already done", "adapter saved · 0");
    requireSame(left("whole"), whole);
    assertThat(Files.readString(output.resolve("report.html"))).contains("Training loss");
  }

  /** The driver was stopped before the last step was evaluated, and killed behind the stage. */
  @Test
  void theLastStepIsMeasuredWhereItsCheckpointWasSavedBefore(SparkSession spark)
      throws IOException {
    Left whole = undisturbed();
    Path output = copy("unmeasured");
    Files.delete(output.resolve("summary.json"));
    try (CheckpointStore store = CheckpointStore.open(output.toString(), new Configuration())) {
      Checkpoint saved = store.open(STEPS, Expected.any());
      ObjectNode facts = saved.manifest().facts().deepCopy();
      facts.set("unmeasured", whole.steps.get(STEPS - 1));
      Map<String, Content> files = new HashMap<>();
      for (StoredFile file : saved.manifest().files()) {
        byte[] bytes = saved.read(file.name(), InputStream::readAllBytes);
        int length = file.name().equals("metrics.jsonl") ? lastLine(bytes) : bytes.length;
        files.put(file.name(), out -> out.write(bytes, 0, length));
      }
      store.delete(STEPS);
      try (CheckpointWriter writer =
          CheckpointWriter.open(store, saved.manifest().run(), SavePolicy.DEFAULT)) {
        writer.save(new Snapshot(STEPS, facts, files));
      }
    }

    assertThat(here("unmeasured")).contains("continues from step 18 of stage 2");
    requireSame(left("unmeasured"), whole);
  }

  /** Where it begins. */
  private static int lastLine(byte[] lines) {
    return new String(lines, StandardCharsets.US_ASCII).lastIndexOf('\n', lines.length - 2) + 1;
  }

  @Test
  void aDamagedCheckpointIsLeftOutAndSaidSo(SparkSession spark) throws IOException {
    Left whole = undisturbed();
    Path output = copy("damaged");
    Files.delete(output.resolve("summary.json"));
    try (Stream<Path> files = Files.walk(output.resolve("checkpoints/step-00000018"))) {
      Path adapter = files.filter(file -> file.endsWith("adapter.f32")).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(adapter);
      bytes[100] ^= 1;
      Files.write(adapter, bytes);
    }

    assertThat(here("damaged"))
        .contains(
            "skipped: checkpoint of step 18: adapter.f32 is damaged",
            "continues from step 16 of stage 2");
    requireSame(left("damaged"), whole);
  }

  @Test
  void otherDataIsRefused(SparkSession spark) throws IOException {
    undisturbed();
    Path output = copy("other-data");
    Files.delete(output.resolve("summary.json"));
    Files.delete(output.resolve("stages/01-train.json"));
    Path data = directory.resolve("data.jsonl");
    String before = Files.readString(data);
    try (CheckpointStore store =
        CheckpointStore.open(output.toUri().toString(), new Configuration())) {
      store.delete(STEPS); // so that steps are left
    }
    try {
      Files.writeString(data, before.replace("Anna has 7", "Anna has 8"));
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
      assertThat(SignalJob.execute(out, out, arguments("job.yaml", "other-data"))).isEqualTo(1);
      assertThat(printed.toString(StandardCharsets.UTF_8))
          .contains(
              "Job failed: Cannot continue stage 2: its data has changed since step 16 was saved")
          .doesNotContain("Exception");
    } finally {
      Files.writeString(data, before); // and at another time
    }
    assertThat(here("other-data")).contains("continues from step 16 of stage 2");
    requireSame(left("other-data"), left("undisturbed"));
  }

  /** Nothing is lost by another rhythm of checkpoints, and numbers do not depend on it. */
  @Test
  void withoutACheckpointItBeginsAgain(SparkSession spark) throws IOException {
    Left whole = undisturbed();
    String never = "stages.1.train.checkpoint={every_minutes: null}";
    ChildJvm.Ended child =
        signalled("local[2]", "KILL", "20", List.of(), arguments("job.yaml", "never", never));
    assertThat(child.status()).as(child.out() + child.log()).isEqualTo(KILLED);
    assertThat(here("never")).contains("continues without a checkpoint: no step was saved");
    requireSame(left("never"), whole);
  }

  /** The evaluation that a signal interrupts is done when the job goes on. */
  @Test
  void anEvaluationIsNotWaitedFor(SparkSession spark) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      lines.add("{\"text\": \"Anna has %d cups and Leo has %d.\"}".formatted(i, 3 * i));
    }
    Files.write(directory.resolve("many.jsonl"), lines);
    Files.writeString(
        directory.resolve("evaluate.yaml"),
        """
        name: evaluate
        model: {base: builtin:tiny, dtype: float32}
        lora: {rank: 2, alpha: 4}
        output: out
        stages:
          - train:
              data: {path: many.jsonl}
              batch_size: 4
              steps: 6
              checkpoint: {every_minutes: null}
              evaluate: {data: {path: many.jsonl}, every_steps: 3}
          - sample: {prompts: {path: prompts.jsonl}, max_tokens: 2}
          - save: {mode: adapter}
        """);
    Files.writeString(directory.resolve("prompts.jsonl"), "{\"prompt\": \"Anna\"}\n");
    run("evaluate.yaml", "evaluated");
    for (String at : List.of("step 4 · forward", "step 7 · forward")) {
      ChildJvm.Ended child =
          signalled("local[2]", "TERM", at, List.of(), arguments("evaluate.yaml", "interrupted"));
      assertThat(child.status()).as(child.out() + child.log()).isEqualTo(TERMINATED);
      assertThat(child.out()).contains("stopped by a signal: step");
    }
    assertThat(run("evaluate.yaml", "interrupted")).contains("continues from step 6 of stage 1");
    requireSame(left("interrupted"), left("evaluated"));
  }

  /** A signal is answered at once, whatever the job waits for. */
  @Test
  void whatComputesIsNotWaitedFor(SparkSession spark) throws IOException {
    Files.writeString(
        directory.resolve("prompts.jsonl"), "{\"prompt\": \"Anna\"}\n{\"prompt\": \"Leo\"}\n");
    Files.writeString(
        directory.resolve("reinforce.yaml"),
        """
        name: reinforce
        model: {base: builtin:tiny, dtype: float32}
        lora: {rank: 2, alpha: 4}
        output: out
        stages:
          - reinforce:
              prompts: {path: prompts.jsonl}
              reward: {name: class, class_name: '%s'}
              group_size: 3
              batch_size: 2
              max_tokens: 4
              steps: 4
              checkpoint: {every_minutes: null}
          - sample: {prompts: {path: prompts.jsonl}, max_tokens: 4}
          - save: {mode: adapter}
        """
            .formatted(Signalled.Stuck.class.getName()));
    run("reinforce.yaml", "answered");
    String stuck = "-D" + Signalled.Stuck.CALL + "=15"; // of the third step's six
    ChildJvm.Ended child =
        signalled(
            "local[2]", "none", "never", List.of(stuck), arguments("reinforce.yaml", "stuck"));
    assertThat(child.status()).as(child.out() + child.log()).isEqualTo(TERMINATED);
    assertThat(child.out()).contains("stopped by a signal: step 2 is saved; the same command");
    assertThat(run("reinforce.yaml", "stuck")).contains("continues from step 2 of stage 1");
    requireSame(left("stuck"), left("answered"));
  }
}
