package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.CheckpointWriter;
import ai.signal.checkpoint.Retention;
import ai.signal.checkpoint.RunIdentity;
import ai.signal.checkpoint.SavePolicy;
import ai.signal.checkpoint.Snapshot;
import ai.signal.job.OutputState.Todo;
import ai.signal.spec.ModelSpec;
import ai.signal.spec.SpecException;
import ai.signal.spec.SpecTree;
import ai.signal.storage.Content;
import ai.signal.storage.OwnedFiles;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random trees with a user's files in and around an output, in which writers of everything that a
 * job writes are killed at random operations, between a record and its file included: no file that
 * Signal did not write ever changes, and no job is locked out by what earlier ones left.
 */
class OutputPropertyTest {
  private static final String DIGEST = "d".repeat(64);

  /** Names that jobs write, and others next to them. */
  private static final List<String> NAMES =
      List.of(
          "job.yaml",
          "summary.json",
          "metrics.jsonl",
          "report.html",
          "owner.json",
          "data/mine.jsonl",
          "data/" + DIGEST + "/lanes.json",
          "data/" + DIGEST + "/lane-00000-mine",
          "quarantine/mine.jsonl",
          "written/notes.txt",
          "written/0123456789abcdef/000000-0123456789abcdef.json",
          "checkpoints/notes.txt",
          "checkpoints/step-00000010/manifest.json",
          "checkpoints/step-00000020/notes.txt",
          "checkpoints/step-00000020/0123456789abcdef-1/adapter.f32",
          "stages/00-save.json",
          "stages/mine.json",
          "samples/stage-0.jsonl",
          "evaluation/stage-7.jsonl",
          "adapter/adapter_config.json",
          "adapter/mine.safetensors",
          "merged/model.safetensors",
          ".summary.json.part",
          "thesis.tex",
          "../outside/adapter/adapter_config.json",
          "../job.yaml");

  @TempDir Path directory;
  private final Configuration dying = new Configuration();
  private Path root;
  private Random random;
  private final Map<String, String> users = new TreeMap<>();
  private final List<String> log = new ArrayList<>();

  @AfterEach
  void live() {
    DyingFileSystem.LEFT.set(Long.MAX_VALUE);
  }

  @Test
  void aUsersFilesNeverChange() throws IOException {
    trees(25, 5);
  }

  @Test
  @Tag("full")
  void aUsersFilesNeverChangeInManyTrees() throws IOException {
    trees(2_000, 6);
  }

  private void trees(int count, long seed) throws IOException {
    dying.set("fs.file.impl", DyingFileSystem.class.getName());
    random = new Random(seed);
    int killed = 0;
    for (int tree = 0; tree < count; tree++) {
      root = directory.resolve("tree-%d/output".formatted(tree));
      plant(random.nextInt(4));
      for (int run = 0; run < 6; run++) {
        killed += attempt(40 + random.nextInt(260)) ? 1 : 0;
        requireUsersFiles();
        if (random.nextInt(4) == 0) {
          plant(1);
        }
      }
      finish();
      users.clear();
      log.clear();
    }
    assertThat(killed).as("runs that were killed").isGreaterThan(count);
  }

  /** A user's files; some are changes of what Signal wrote. */
  private void plant(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      List<String> names = new ArrayList<>(NAMES);
      if (Files.exists(root)) {
        try (Stream<Path> there = Files.walk(root)) {
          there
              .filter(Files::isRegularFile)
              .map(file -> root.relativize(file).toString())
              .sorted()
              // Whose own name is a writer's, or whose content names one, is taken for that
              // writer's.
              .filter(name -> !name.matches(".*[0-9a-f]{16}.*|.*manifest.json"))
              .forEach(names::add);
        }
      }
      String name = names.get(random.nextInt(names.size()));
      Path file = root.resolve(name);
      try {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "mine " + random.nextLong());
        users.put(name, Files.readString(file));
        log.add("planted " + name);
      } catch (IOException e) {
        // A file is where a directory would have to be, or the other way round.
        log.add("not planted: " + e.getMessage());
      }
    }
  }

  private void requireUsersFiles() {
    users.forEach(
        (name, content) ->
            assertThat(root.resolve(name)).as("%s%n%s", name, log).hasContent(content));
  }

  /** Whether the process was killed on its way. */
  private boolean attempt(int operations) throws IOException {
    boolean overwrite = random.nextInt(3) == 0;
    DyingFileSystem.LEFT.set(random.nextInt(operations));
    log.add("run %s for %d operations".formatted(overwrite ? "--overwrite" : "", operations));
    try {
      job(overwrite, random.nextInt(3));
      log.add("done");
    } catch (SpecException.Value e) {
      log.add(e.getMessage());
    } catch (IOException | RuntimeException e) {
      log.add("failed: " + e.getMessage());
    }
    return DyingFileSystem.LEFT.getAndSet(Long.MAX_VALUE) < 0;
  }

  /** Where the user moves away what is named, a job runs to its end. */
  private void finish() throws IOException {
    for (int tries = 0; tries <= NAMES.size() + 10; tries++) {
      String refusal;
      try {
        job(true, 2);
        requireUsersFiles();
        return;
      } catch (IOException | RuntimeException e) {
        refusal = String.valueOf(e.getMessage());
        log.add("refused: " + refusal);
      }
      requireUsersFiles();
      String named =
          users.keySet().stream()
              .filter(name -> !name.startsWith("..") && refusal.contains(name))
              .findFirst()
              .orElseThrow(() -> new AssertionError("Locked out: " + refusal + "\n" + log));
      Files.delete(root.resolve(named));
      users.remove(named);
    }
    throw new AssertionError("Never done\n" + log);
  }

  /** Everything that a job writes, in its order, by the classes that write it. */
  private void job(boolean overwrite, int lastStage) throws IOException {
    JobSpec spec =
        new JobSpec(
            "demo", new ModelSpec("builtin:tiny"), root.toString(), List.of(new SaveStage()));
    List<String> names =
        List.of(
            "job.yaml",
            "summary.json",
            "metrics.jsonl",
            "report.html",
            "owner.json",
            "stages/00-save.json",
            "samples/stage-0.jsonl",
            "adapter/adapter_config.json",
            "adapter/adapter_model.safetensors");
    try (OutputDirectory output = OutputDirectory.open(root.toString(), dying)) {
      Todo todo = OutputState.todo(output, spec, names, overwrite);
      if (todo == Todo.NOTHING) {
        OutputState.noteNothingToDo(output);
        return;
      }
      if (todo == Todo.BEGIN) {
        output.clear();
      }
      output.announce();
      output.write(OutputDirectory.SPEC, SpecYaml.write(SpecTree.of(spec)));
      lanes();
      checkpoints(output);
      if (lastStage > 0) {
        OwnedFiles files = output.files();
        files.deletion().deleteFilesBelow("adapter");
        files.announceDirectories(List.of("adapter"));
        files.write("adapter/adapter_model.safetensors", text("weights " + random.nextInt(3)));
        files.write("adapter/adapter_config.json", text("{}"));
        output.write("samples/stage-0.jsonl", "{}\n");
        output.write("stages/00-save.json", "{}");
      }
      output.write(OutputDirectory.REPORT, "report " + random.nextInt());
      output.write(
          OutputDirectory.SUMMARY,
          "{\"status\": \"%s\"}".formatted(lastStage == 2 ? "succeeded" : "failed"));
    }
  }

  private void lanes() throws IOException {
    String lanes = "data/" + DIGEST;
    try (OwnedFiles files = OwnedFiles.open(root.toString(), "data", dying)) {
      files.announceDirectories(List.of(lanes));
      for (int lane = 0; lane < 2; lane++) {
        String name = "%s/lane-%05d-%s-x".formatted(lanes, lane, files.attempt());
        try (var out = files.fileSystem().create(files.path(name), false)) {
          out.write(new byte[20]);
        }
      }
      files.write(lanes + "/lanes.json", text("lanes of " + files.attempt()));
    }
  }

  private void checkpoints(OutputDirectory output) throws IOException {
    RunIdentity run = new RunIdentity("r", "demo", "base", "digest", Map.of());
    SavePolicy policy = new SavePolicy(1, Duration.ofMinutes(1), Optional.of(Retention.last(1)));
    try (CheckpointStore store = CheckpointStore.open(root.toString(), dying);
        CheckpointWriter writer = CheckpointWriter.open(store, run, policy)) {
      for (int step : IntStream.rangeClosed(1, 2).toArray()) {
        ObjectNode facts = JsonNodeFactory.instance.objectNode();
        facts.putObject("progress").put("stage", 0);
        Map<String, Content> files = new HashMap<>();
        files.put("adapter.f32", text("floats " + step));
        writer.save(new Snapshot(10L * step, facts, files));
        writer.await();
        output.write(OutputDirectory.METRICS, "{\"step\": %d}\n".formatted(step));
      }
    }
  }

  private static Content text(String text) {
    return Content.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
