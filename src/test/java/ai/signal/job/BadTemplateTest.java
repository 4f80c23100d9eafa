package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.SparkExtension;
import ai.signal.model.ModelSource;
import ai.signal.storage.ReadLimit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A base model whose chat template is bad, and data that need none. */
@ExtendWith(SparkExtension.class)
class BadTemplateTest {
  @TempDir Path directory;
  private Path model;
  private Path template;

  @BeforeEach
  void layOut() throws IOException {
    model = Files.createDirectory(directory.resolve("model"));
    template = model.resolve("chat_template.jinja");
    try (Stream<Path> files = Files.list(ModelSource.resolve("builtin:tiny"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, model.resolve(file.getFileName().toString()));
      }
    }
    Files.writeString(directory.resolve("data.jsonl"), "{\"text\": \"a b c\"}\n".repeat(4));
    Files.writeString(
        directory.resolve("job.yaml"),
        """
        name: template
        model: {base: %s}
        output: %s
        stages:
          - train:
              data: {path: data.jsonl, max_length: 16}
              batch_size: 2
              steps: 1
          - save: {}
        """
            .formatted(model, directory.resolve("out")));
  }

  @Test
  void aPipe(SparkSession spark) throws Exception {
    assertThat(new ProcessBuilder("mkfifo", template.toString()).start().waitFor()).isZero();
    refused("it is a named pipe, not a regular file (" + template + ")");
  }

  @Test
  void aDirectory(SparkSession spark) throws IOException {
    Files.createDirectory(template);
    refused("it is a directory, not a regular file (" + template + ")");
  }

  @Test
  void oneThatIsTooLarge(SparkSession spark) throws IOException {
    Files.write(template, new byte[ReadLimit.TEMPLATE.bytes() + 1]);
    refused("it has 4194305 bytes; at most 4194304 are read (" + template + ")");
  }

  @Test
  void namedTemplatesThatAreNoDirectory(SparkSession spark) throws IOException {
    Path named = Files.writeString(model.resolve("additional_chat_templates"), "");
    refused("it is not a directory (" + named + ")");
  }

  private void refused(String expected) {
    for (String flag : List.of("--dry-run", "--overwrite")) {
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      PrintStream quiet =
          new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
      List<String> arguments = new ArrayList<>(List.of(flag));
      arguments.add(directory.resolve("job.yaml").toString());
      int status =
          SignalJob.execute(
              quiet,
              new PrintStream(err, true, StandardCharsets.UTF_8),
              arguments.toArray(String[]::new));
      assertThat(err.toString(StandardCharsets.UTF_8))
          .startsWith("Invalid job spec ")
          .contains(": model.base = '%s' is refused: Cannot load chat template: ".formatted(model))
          .contains(expected)
          .hasLineCount(1);
      assertThat(status).as(flag).isEqualTo(2);
      assertThat(directory.resolve("out")).doesNotExist();
    }
  }
}
