package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.job.OutputState.Kind;
import ai.signal.job.OutputState.Todo;
import ai.signal.spec.ModelSpec;
import ai.signal.spec.SpecException;
import ai.signal.spec.SpecTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputStateTest {
  private static final List<String> NAMES = List.of("job.yaml", "summary.json", "data/.any");

  @TempDir Path directory;
  private Path root;
  private JobSpec spec;
  private OutputDirectory output;

  @BeforeEach
  void open() throws IOException {
    root = directory.resolve("runs/a b");
    spec = spec("demo");
    output = OutputDirectory.open(root.toString(), new Configuration());
  }

  @AfterEach
  void close() throws IOException {
    output.close();
  }

  @Test
  void anEmptyDirectoryIsReady() throws IOException {
    assertThat(todo(spec, false)).isEqualTo(Todo.BEGIN);
    Files.createDirectories(root);
    assertThat(todo(spec, true)).isEqualTo(Todo.BEGIN);
  }

  @Test
  void aFinishedJobHasNothingToDo() throws IOException {
    written(
        spec, "{\"status\": \"succeeded\", \"seconds\": 3, \"stages\": [{\"stage\": \"save\"}]}");
    assertThat(todo(spec, false)).isEqualTo(Todo.NOTHING);
    OutputState.noteNothingToDo(output);
    assertThat(output.read(OutputDirectory.SUMMARY).orElseThrow())
        .contains("\"status\" : \"nothing_to_do\"", "\"stage\" : \"save\"");
    assertThat(todo(spec, false)).isEqualTo(Todo.NOTHING);
  }

  @Test
  void theOutputIsNoPartOfTheJob() throws IOException {
    written(spec, "{\"status\": \"succeeded\"}");
    JobSpec moved = new JobSpec(spec.name(), spec.model(), "/elsewhere", spec.stages());
    assertThat(OutputState.of(output, moved).kind()).isEqualTo(Kind.FINISHED);
  }

  @Test
  void anUnfinishedJobIsResumed() throws IOException {
    written(spec, "{\"status\": \"failed\"}");
    output.write(OutputDirectory.METRICS, "{\"step\": 1}\n");
    assertThat(todo(spec, false)).isEqualTo(Todo.RESUME);
    Files.delete(root.resolve("summary.json"));
    assertThat(todo(spec, false)).isEqualTo(Todo.RESUME);
    assertThat(todo(spec, true)).isEqualTo(Todo.BEGIN);
    assertThat(root.resolve("metrics.jsonl")).as("nothing is lost before the job begins").exists();
  }

  @Test
  void aJobThatHasNoResultMayBeginAgainAsAnyOther() throws IOException {
    written(spec, "{\"status\": \"failed\"}");
    output.write(OutputDirectory.METRICS, "");
    Files.createDirectories(root.resolve("samples"));
    Files.writeString(root.resolve("samples/mine"), "x");
    assertThat(todo(spec, false)).isEqualTo(Todo.BEGIN);
    assertThat(todo(spec("other"), false)).isEqualTo(Todo.BEGIN);
    output.write("samples/stage-0.jsonl", "{}");
    assertThat(OutputState.of(output, spec).kind()).isEqualTo(Kind.UNFINISHED);
  }

  @Test
  void anotherJobNeedsOverwrite() throws IOException {
    written(spec("other"), "{\"status\": \"succeeded\"}");
    assertThatThrownBy(() -> todo(spec, false))
        .isInstanceOf(SpecException.Value.class)
        .hasMessageContaining("holds another job (name is \"other\" there, \"demo\" here)")
        .hasMessageContaining("--overwrite");
    assertThat(todo(spec, true)).isEqualTo(Todo.BEGIN);
    output.write(OutputDirectory.SPEC, "of: a later version\n");
    assertThatThrownBy(() -> todo(spec, false))
        .hasMessageContaining("(its job.yaml is of a version with other keys)");
  }

  @Test
  void settingsOfLaterVersionsDoNotCountWhereTheyAreUnset() {
    JobSpec spec =
        spec(
            "demo",
            new TrainStage(TrainingData.of("t.jsonl")),
            new SampleStage(PromptData.of("p.jsonl")));
    assertThat(SpecDigest.tree(spec).at("/stages/0/train/data").has("max_length")).isTrue();
    assertThat(SpecDigest.tree(spec).at("/stages/0/train/data").has("on_long")).isFalse();
    assertThat(SpecDigest.tree(spec).at("/stages/1/sample/prompts"))
        .hasToString("{\"path\":\"p.jsonl\"}");
  }

  @Test
  void aStageThatHasNotBegunMayChange() throws IOException {
    JobSpec before = spec("demo", new SaveStage(), new SampleStage(PromptData.of("p.jsonl")));
    JobSpec after = spec("demo", new SaveStage(), new SampleStage(PromptData.of("q.jsonl")));
    written(before, "{\"status\": \"failed\"}");
    output.write("stages/00-save.json", "{}");
    assertThat(todo(after, false)).isEqualTo(Todo.RESUME);
    assertThat(todo(spec("demo", new SaveStage()), false)).isEqualTo(Todo.RESUME);
    output.write("stages/01-sample.json", "{}");
    assertThatThrownBy(() -> todo(after, false))
        .hasMessageContaining("stages.1.sample.prompts.path is \"p.jsonl\" there");
    output.write(OutputDirectory.SUMMARY, "{\"status\": \"succeeded\"}");
    assertThatThrownBy(() -> todo(spec("demo", new SaveStage()), false))
        .hasMessageContaining("stages has 2 entries there, 1 here");
  }

  @Test
  void aUsersFilesStayAndBlockTheirNamesAlone() throws IOException {
    Files.createDirectories(root);
    Files.writeString(root.resolve("thesis.tex"), "x");
    assertThat(todo(spec, false)).isEqualTo(Todo.BEGIN);
    Files.writeString(root.resolve("job.yaml"), "name: of another tool\n");
    Files.writeString(root.resolve("data"), "x");
    for (boolean overwrite : new boolean[] {false, true}) {
      assertThatThrownBy(() -> todo(spec, overwrite))
          .isInstanceOf(SpecException.Value.class)
          .hasMessageContaining("holds data, job.yaml, which Signal did not write")
          .hasMessageContaining("choose another output");
    }
    Files.delete(root.resolve("job.yaml"));
    Files.delete(root.resolve("data"));
    written(spec, "{\"status\": \"succeeded\"}");
    Files.createDirectories(root.resolve("adapter"));
    Files.writeString(root.resolve("adapter/x"), "x");
    assertThat(todo(spec, true)).isEqualTo(Todo.BEGIN);
    try (OutputDirectory later = OutputDirectory.open(root.toString(), new Configuration())) {
      assertThat(later.clear()).containsExactly("adapter/", "thesis.tex");
    }
    // The one who clears has announced itself, so that another writer notices.
    assertThat(root.toFile().list()).containsExactlyInAnyOrder("thesis.tex", "adapter", "written");
    assertThat(root.resolve("written").toFile().list()).hasSize(1);
  }

  /** A copy of a job.yaml proves nothing about the files around it. */
  @Test
  void aResolvedSpecNextToAUsersFilesIsNoJob() throws IOException {
    Files.createDirectories(root.resolve("data"));
    Files.writeString(root.resolve("job.yaml"), SpecYaml.write(SpecTree.of(spec)));
    Files.writeString(root.resolve("data/mine.jsonl"), "{}");
    for (boolean overwrite : new boolean[] {false, true}) {
      assertThatThrownBy(() -> todo(spec, overwrite)).hasMessageContaining("holds job.yaml, which");
    }
    assertThat(output.clear()).isEmpty();
    assertThat(root.resolve("data/mine.jsonl")).hasContent("{}");
  }

  private Todo todo(JobSpec job, boolean overwrite) throws IOException {
    return OutputState.todo(output, job, NAMES, overwrite);
  }

  private void written(JobSpec job, String summary) throws IOException {
    output.write(OutputDirectory.SPEC, SpecYaml.write(SpecTree.of(job)));
    output.write(OutputDirectory.SUMMARY, summary);
    assertThat(root.toFile().list()).noneMatch(name -> name.endsWith(".crc"));
  }

  private JobSpec spec(String name) {
    return spec(name, new SaveStage());
  }

  private JobSpec spec(String name, StageSpec... stages) {
    return new JobSpec(name, new ModelSpec("builtin:tiny"), root.toString(), List.of(stages));
  }
}
