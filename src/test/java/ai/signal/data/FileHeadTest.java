package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Text files as editors and exports leave them. */
@ExtendWith(SparkExtension.class)
class FileHeadTest {
  private static final String RECORD = "{\"prompt\": \"p\", \"completion\": \"c\"}";
  private static final String PRETTY = "{\n \"prompt\": \"p\",\n \"completion\": \"c\"\n}\n";

  @TempDir private Path directory;

  @BeforeEach
  void writeModel() throws IOException {
    ByteTokenizer.write(directory.resolve("model"), true);
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstRecord(SparkSession spark) throws IOException {
    for (String name : List.of("a.jsonl", "b.json")) {
      String text = name.equals("b.json") ? "[\n" + RECORD + ",\n3\n]" : RECORD + "\n3\n";
      Path file = write(name, "\ufeff" + text, StandardCharsets.UTF_8);
      LaneDataset data = prepare(spark, file);
      assertThat(data.examples()).as(name).isEqualTo(1);
      assertThat(data.leftOut().records()).isEqualTo(1);
      assertThat(data.leftOut().first())
          .startsWith("%s line %d: ".formatted(file, name.equals("b.json") ? 3 : 2));
      assertThat(data.lane(0).example(0).tokens()).containsExactly(ByteTokenizer.BOS, 'p', 'c');
    }
    // Alone in its file, so that its format is found there.
    Path one = write("one.jsonl", "\ufeff" + RECORD, StandardCharsets.UTF_8);
    assertThat(prepare(spark, one).examples()).isEqualTo(1);
    Path csv = write("a.csv", "\ufeffprompt,completion\np,c\n", StandardCharsets.UTF_8);
    assertThat(prepare(spark, csv).examples()).isEqualTo(1);
  }

  @Test
  void tsvIsCsvWithTabs(SparkSession spark) throws IOException {
    Path file = write("a.tsv", "prompt\tcompletion\n\"p\tq\"\tc,d\n", StandardCharsets.UTF_8);
    LaneDataset data = prepare(spark, file);
    assertThat(data.lane(0).example(0).tokens())
        .containsExactly(ByteTokenizer.BOS, 'p', '\t', 'q', 'c', ',', 'd');
  }

  @Test
  void whatIsNoListOfRecordsIsNamed(SparkSession spark) throws IOException {
    String several =
        "its JSON objects take several lines each, but a record is one line; convert it first: jq -c . %s > records.jsonl";
    refused(spark, "a.jsonl", PRETTY + PRETTY, several);
    refused(spark, "a.json", PRETTY + PRETTY, several);
    refused(
        spark, "long.jsonl", PRETTY.replace("\"p\"", "\"" + "p".repeat(70_000) + "\""), several);
    String messages = "{\n\"messages\": [\n{\"role\": \"assistant\", \"content\": \"x\"}]}\n";
    refused(spark, "m.json", messages, several);
    String wrapped =
        "it holds one JSON object with the records in 'data'; convert it first: jq -c '.data[]' %s > records.jsonl";
    refused(spark, "w.json", "{\n\"version\": [1, [2]],\n\"data\": [" + PRETTY + "]}", wrapped);
    refused(spark, "v.json", "{\"data\": [" + RECORD + ", " + RECORD + "]}", wrapped);
    refused(
        spark,
        "array.jsonl",
        "[" + RECORD + "]",
        "it holds one JSON array, not a record in each line; set data.source: json");
  }

  /** A first line that is broken stays a bad record among good ones. */
  @Test
  void aBrokenFirstLineIsABadRecord(SparkSession spark) throws IOException {
    for (String broken :
        List.of("{", "[", "{\"prompt\": \"p\",", "[1]", "[[1]]", "{\"a\": [{}]}")) {
      Path file = write("a.jsonl", broken + "\n" + RECORD + "\n", StandardCharsets.UTF_8);
      LaneDataset data = prepare(spark, file);
      assertThat(data.leftOut().records()).as(broken).isEqualTo(1);
      assertThat(data.examples()).as(broken).isEqualTo(1);
    }
  }

  private void refused(SparkSession spark, String name, String text, String reason)
      throws IOException {
    Path file = write(name, text, StandardCharsets.UTF_8);
    assertThatThrownBy(() -> prepare(spark, file))
        .isInstanceOf(DataException.class)
        .hasMessage("Cannot read %s: %s".formatted(file, reason.formatted(name)));
  }

  private Path write(String name, String text, Charset charset) throws IOException {
    return Files.write(directory.resolve(name), text.getBytes(charset));
  }

  private LaneDataset prepare(SparkSession spark, Path file) throws IOException {
    DataSpec spec = new DataSpec(List.of(file.toString()), DataFormat.AUTO, 64).on(BadRecords.SKIP);
    String output = Files.createTempDirectory(directory, "out").toString();
    return LaneDataset.prepare(spark, spec, directory.resolve("model").toString(), 1, output);
  }
}
