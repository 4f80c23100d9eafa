package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    assertThat(OutputState.todo(output, spec, false)).isEqualTo(Todo.BEGIN);
    Files.createDirectories(root);
    assertThat(OutputState.todo(output, spec, true)).isEqualTo(Todo.BEGIN);
  }

  @Test
  void aFinishedJobHasNothingToDo() throws IOException {
    written(
        spec, "{\"status\": \"succeeded\", \"seconds\": 3, \"stages\": [{\"stage\": \"save\"}]}");
    assertThat(OutputState.todo(output, spec, false)).isEqualTo(Todo.NOTHING);
    OutputState.noteNothingToDo(output);
    assertThat(output.read(OutputDirectory.SUMMARY).orElseThrow())
        .contains("\"status\" : \"nothing_to_do\"", "\"stage\" : \"save\"");
    assertThat(OutputState.todo(output, spec, false)).isEqualTo(Todo.NOTHING);
  }

  @Test
  void theOutputIsNoPartOfTheJob() throws IOException {
    written(spec, "{\"status\": \"succeeded\"}");
    JobSpec moved = new JobSpec(spec.name(), spec.model(), "/elsewhere", spec.stages());
    assertThat(OutputState.of(output, moved)).isEqualTo(OutputState.FINISHED);
  }

  @Test
  void anUnfinishedJobGoesOn() throws IOException {
    for (String summary : List.of("{\"status\": \"failed\"}", "{\"stat", "[]")) {
      written(spec, summary);
      output.write(OutputDirectory.METRICS, "{\"step\": 1}\n");
      assertThat(OutputState.todo(output, spec, false)).isEqualTo(Todo.GO_ON);
    }
    output.write("owner.json", "{}");
    Files.delete(root.resolve("summary.json"));
    assertThat(OutputState.of(output, spec)).isEqualTo(OutputState.UNFINISHED);
    assertThat(OutputState.todo(output, spec, true)).isEqualTo(Todo.BEGIN);
    assertThat(root).as("nothing is lost before the job begins").exists();
    output.clear();
    assertThat(root).doesNotExist();
  }

  @Test
  void aJobThatHasNothingToShowMayBeginAgain() throws IOException {
    written(spec, "{\"status\": \"failed\"}");
    output.write(OutputDirectory.METRICS, "");
    output.write("data/x/lane-0", "tokens");
    assertThat(OutputState.todo(output, spec, false)).isEqualTo(Todo.BEGIN);
    Files.createDirectories(root.resolve("samples"));
    assertThat(OutputState.of(output, spec)).isEqualTo(OutputState.UNFINISHED);
  }

  @Test
  void anotherJobNeedsOverwrite() throws IOException {
    written(spec("other"), "{\"status\": \"succeeded\"}");
    assertThatThrownBy(() -> OutputState.todo(output, spec, false))
        .isInstanceOf(SpecException.Value.class)
        .hasMessageContaining("holds another job (name is \"other\" there, \"demo\" here)")
        .hasMessageContaining("--overwrite");
    Files.writeString(root.resolve("job.yaml"), "of: a later version\n");
    assertThat(OutputState.of(output, spec)).isEqualTo(OutputState.OTHER_JOB);
    assertThatThrownBy(() -> OutputState.todo(output, spec, false))
        .hasMessageContaining("(its job.yaml is torn, or of a version with other keys)");
  }

  @Test
  void foreignFilesAreNeverRemoved() throws IOException {
    Files.createDirectories(root);
    Files.writeString(root.resolve("thesis.tex"), "x");
    for (boolean overwrite : new boolean[] {false, true}) {
      assertThatThrownBy(() -> OutputState.todo(output, spec, overwrite))
          .hasMessageContaining("holds files that no job wrote");
    }
    written(spec, "{\"status\": \"succeeded\"}");
    Files.createDirectories(root.resolve("adapter"));
    Files.writeString(root.resolve("adapter/x"), "x");
    assertThat(OutputState.todo(output, spec, true)).isEqualTo(Todo.BEGIN);
    output.clear();
    assertThat(root).isDirectoryContaining("glob:**thesis.tex");
    assertThat(root.toFile().list()).containsExactly("thesis.tex");
  }

  private void written(JobSpec job, String summary) throws IOException {
    output.write(OutputDirectory.SPEC, SpecYaml.write(SpecTree.of(job)));
    output.write(OutputDirectory.SUMMARY, summary);
    assertThat(root.toFile().list()).noneMatch(name -> name.endsWith(".crc"));
  }

  private JobSpec spec(String name) {
    return new JobSpec(
        name, new ModelSpec("builtin:tiny"), root.toString(), List.of(new SaveStage()));
  }
}
