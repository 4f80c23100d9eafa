package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Every fault that a line can have, among good ones, in files cut into splits of every size. */
@ExtendWith(SparkExtension.class)
class BadRecordsTest {
  private static final String SPLIT = "spark.sql.files.maxPartitionBytes";
  private static final byte[] LATIN = {'{', '"', (byte) 0xE9, '"', ':', '1', '}'};

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Fault(byte[] line, String reason) {
    Fault(String line, String reason) {
      this(line.getBytes(StandardCharsets.UTF_8), reason);
    }
  }

  private static final List<Fault> FAULTS =
      List.of(
          new Fault("nonsense", "invalid JSON"),
          new Fault("[1]", "not a JSON object"),
          new Fault("{\"prompt\": \"x\"}", "'completion' is missing"),
          new Fault("{\"prompt\": \"x\", \"completion\": 3}", "'completion' is a number"),
          new Fault("{\"text\": \"x\", \"completion\": \"y\"}", "it mixes 'text' with 'prompt'"),
          new Fault("{\"prompt\": \"x\", \"completion\": \"\"}", "'completion' is empty"),
          new Fault("{\"text\": \"a\"}", "the file mixes formats"),
          new Fault(
              "{\"messages\": [{\"role\": \"assistant\", \"content\": \"x\"}]}",
              "the file mixes formats"),
          new Fault(LATIN, "not UTF-8 at byte 3"));

  @TempDir private Path directory;
  private final List<String> expected = new ArrayList<>();

  @BeforeEach
  void writeModel() throws IOException {
    ByteTokenizer.write(directory.resolve("model"), true);
  }

  @AfterEach
  void resetSplits(SparkSession spark) {
    spark.conf().unset(SPLIT);
  }

  @Test
  void whatIsLeftIsWhatFilesWithoutTheBadLinesGive(SparkSession spark) throws IOException {
    writeFiles(false);
    List<List<Example>> good =
        withoutIds(Fixtures.examples(prepare(spark, BadRecords.FAIL, "good")));
    writeFiles(true);
    for (String split : List.of("30b", "200b", "1MB")) {
      spark.conf().set(SPLIT, split);
      LaneDataset skipped = prepare(spark, BadRecords.SKIP, "skip" + split);
      assertThat(withoutIds(Fixtures.examples(skipped))).as(split).isEqualTo(good);
      assertThat(skipped.leftOut().records()).isEqualTo(2L * FAULTS.size());
      assertThat(skipped.leftOut().first())
          .isEqualTo(
              "%s line 1: invalid JSON at column 9: Unrecognized token 'nonsense':"
                      .formatted(directory.resolve("in/a.jsonl"))
                  + " was expecting (JSON String, Number, Array, Object or token 'null', 'true' or"
                  + " 'false')");
      assertThat(skipped.quarantine()).isEmpty();
      assertThat(directory.resolve("skip" + split + "/quarantine")).doesNotExist();
    }
  }

  @Test
  void quarantineKeepsEachOnceWithItsPlaceAndReason(SparkSession spark) throws IOException {
    writeFiles(true);
    for (String split : List.of("30b", "1MB")) {
      spark.conf().set(SPLIT, split);
      String output = "out" + split;
      LaneDataset data = prepare(spark, BadRecords.QUARANTINE, output);
      Path file = Path.of(java.net.URI.create(data.quarantine().orElseThrow()));
      assertThat(file)
          .startsWith(directory.resolve(output).resolve("quarantine").resolve(data.digest()));
      String written = Files.readString(file);
      assertThat(rows(written)).isEqualTo(expected);
      assertThat(records(written)).contains(Arrays.toString(LATIN));

      // Again: nothing is written twice. A driver that died before it had committed: written anew.
      assertThat(prepare(spark, BadRecords.QUARANTINE, output).reused()).isTrue();
      assertThat(files(file.getParent())).containsExactly(file.getFileName().toString());
      Files.delete(directory.resolve(output + "/data/" + data.digest() + "/lanes.json"));
      LaneDataset again = prepare(spark, BadRecords.QUARANTINE, output);
      assertThat(again.reused()).isFalse();
      Path second = Path.of(java.net.URI.create(again.quarantine().orElseThrow()));
      assertThat(files(file.getParent())).containsExactly(second.getFileName().toString());
      assertThat(Files.readString(second)).isEqualTo(written);
    }
  }

  @Test
  void aSetWithoutAGoodRecordIsAnError(SparkSession spark) throws IOException {
    Path in = Files.createDirectories(directory.resolve("in"));
    Files.writeString(in.resolve("a.jsonl"), "nonsense\n{\"text\": 3}\n");
    for (BadRecords policy : List.of(BadRecords.SKIP, BadRecords.QUARANTINE)) {
      assertThatThrownBy(() -> prepare(spark, policy, "out"))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(
              "Cannot use %s: none of its records is good (data.on_bad_record skips all 2),"
                  + " first %s line 1: invalid JSON",
              in, in.resolve("a.jsonl"));
      assertThat(directory.resolve("out")).doesNotExist();
    }
  }

  @Test
  void aTemplateMayRefuseAConversation(SparkSession spark) throws IOException {
    Files.writeString(directory.resolve("model/chat_template.jinja"), ExampleEncoderTest.TEMPLATE);
    Path in = Files.createDirectories(directory.resolve("in"));
    String good =
        "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"},"
            + " {\"role\": \"assistant\", \"content\": \"y\"}]}\n";
    String robot = good.replace("user", "robot");
    Files.writeString(in.resolve("a.jsonl"), robot + good.repeat(3));
    LaneDataset data = prepare(spark, BadRecords.SKIP, "out");
    assertThat(data.examples()).isEqualTo(3);
    assertThat(data.leftOut().first()).contains("a.jsonl line 1: ", "no robots");
  }

  @Test
  void promptsAreThoseOfTheGoodRecords(SparkSession spark) throws IOException {
    writeFiles(true);
    List<Prompt> prompts =
        Prompts.toEvaluate(spark, spec(BadRecords.SKIP), directory.resolve("model").toString())
            .prompts();
    assertThat(prompts).hasSize(2 * FAULTS.size());
    assertThatThrownBy(
            () ->
                Prompts.toEvaluate(
                    spark, spec(BadRecords.FAIL), directory.resolve("model").toString()))
        .hasMessageContaining("a.jsonl line 1: invalid JSON");
  }

  /** Two files: before each good line a bad one, or none; blank lines between. */
  private void writeFiles(boolean faults) throws IOException {
    Path in = Files.createDirectories(directory.resolve("in"));
    expected.clear();
    for (String name : List.of("a.jsonl", "b.jsonl")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      int line = 1;
      for (int i = 0; i < FAULTS.size(); i++) {
        // The format is that of the first line that has one.
        if (faults) {
          Fault fault = FAULTS.get(i);
          out.write(fault.line());
          out.write('\n');
          expected.add(
              "file:%s %d %s %s"
                  .formatted(
                      in.resolve(name), line++, Arrays.toString(fault.line()), fault.reason()));
        }
        out.writeBytes(
            "{\"prompt\": \"p%d\", \"completion\": \"c%s\"}\n\n"
                .formatted(i, "x".repeat(i))
                .getBytes(StandardCharsets.UTF_8));
        line += 2;
      }
      Files.write(in.resolve(name), out.toByteArray());
    }
  }

  /** Rows as {@link #expected} has them; a reason is what the expected one is part of. */
  private List<String> rows(String jsonl) throws IOException {
    List<String> rows = new ArrayList<>();
    List<String> records = records(jsonl);
    for (String line : jsonl.lines().toList()) {
      JsonNode row = new ObjectMapper().readTree(line);
      Fault fault = FAULTS.get(rows.size() % FAULTS.size());
      assertThat(row.path("reason").asText()).contains(fault.reason());
      rows.add(
          "%s %d %s %s"
              .formatted(
                  row.path("file").asText(),
                  row.path("line").asInt(),
                  records.get(rows.size()),
                  fault.reason()));
    }
    return rows;
  }

  private static List<String> records(String jsonl) throws IOException {
    List<String> records = new ArrayList<>();
    for (String line : jsonl.lines().toList()) {
      JsonNode row = new ObjectMapper().readTree(line);
      records.add(
          Arrays.toString(
              row.has("record")
                  ? row.path("record").asText().getBytes(StandardCharsets.UTF_8)
                  : Base64.getDecoder().decode(row.path("record_base64").asText())));
    }
    return records;
  }

  private static List<List<Example>> withoutIds(List<List<Example>> lanes) {
    return lanes.stream()
        .map(
            lane ->
                lane.stream()
                    .map(
                        e ->
                            new Example(
                                "",
                                e.tokens(),
                                e.targetTokens(),
                                e.weights(),
                                e.lengths(),
                                e.inputs()))
                    .toList())
        .toList();
  }

  private static List<String> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).filter(n -> !n.startsWith(".")).toList();
    }
  }

  private LaneDataset prepare(SparkSession spark, BadRecords policy, String output) {
    return LaneDataset.prepare(
        spark,
        spec(policy),
        directory.resolve("model").toString(),
        2,
        directory.resolve(output).toString());
  }

  private DataSpec spec(BadRecords policy) {
    return new DataSpec(List.of(directory.resolve("in").toString()), DataFormat.AUTO, 64)
        .on(policy);
  }
}
