package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class PromptsTest {
  private static final String TINY = "builtin:tiny";

  @TempDir private Path directory;

  @Test
  void keepsTheOrderOfFilesAndLines(SparkSession spark) throws IOException {
    Path b = write("b.jsonl", "{\"prompt\": \"3\"}\n");
    Path a =
        write(
            "a.jsonl",
            "{\"prompt\": \"1\", \"completion\": \"one\"}\n\n{\"prompt\": \"\", \"completion\": \"\"}");
    assertThat(sampled(spark, b, a))
        .containsExactly(
            new Prompt("file:" + a + "@0", "1", Optional.of("one")),
            new Prompt("file:" + a + "@38", "", Optional.of("")),
            new Prompt("file:" + b + "@0", "3", Optional.empty()));
  }

  @Test
  void takesPromptsOutOfTrainingRecords(SparkSession spark) throws IOException {
    write("a.jsonl", "{\"prompt\": \"1\", \"completion\": \"one\"}\n");
    write("b.jsonl", "{\"text\": \"plain\"}\n");
    assertThat(Prompts.toEvaluate(spark, spec(), TINY).prompts())
        .extracting(Prompt::prompt)
        .containsExactly("1");
  }

  @Test
  void namesTheFirstLineThatIsNoRecord(SparkSession spark) throws IOException {
    Path file = write("a.jsonl", "{\"prompt\": \"1\"}\n\n{\"prompt\": 2}\n{\"text\": \"3\"}\n");
    assertThatThrownBy(() -> sampled(spark, file))
        .isInstanceOf(DataException.class)
        .hasMessage("Cannot read %s line 3: 'prompt' is a number, not a string", file);
    Files.writeString(file, "{\"completion\": \"3\"}\n");
    assertThatThrownBy(() -> sampled(spark, file))
        .hasMessageContaining("line 1: it has only 'completion' (a record has 'prompt', and");
    Files.writeString(file, "{\"prompt\": \"a\", \"text\": \"3\"}\n");
    assertThatThrownBy(() -> Prompts.toEvaluate(spark, spec(), TINY))
        .hasMessageContaining("line 1: it mixes 'text' with");
    Files.writeString(file, "\n");
    assertThatThrownBy(() -> sampled(spark, file))
        .hasMessage("Cannot read %s: it holds no record", file);
  }

  private static List<Prompt> sampled(SparkSession spark, Path... files) {
    List<String> paths = Stream.of(files).map(Path::toString).toList();
    return Prompts.toSample(spark, new DataSpec(paths, DataFormat.AUTO, 8), TINY).prompts();
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private DataSpec spec() {
    return new DataSpec(List.of(directory.toString()), DataFormat.AUTO, 8);
  }
}
