package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import ai.signal.model.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class LaneDatasetTest {
  private static final int MAX_LENGTH = 48;

  @TempDir private Path directory;

  @BeforeEach
  void writeData() throws IOException {
    ByteTokenizer.write(directory.resolve("model"), true);
    Fixtures.writeData(directory.resolve("in"));
  }

  @Test
  void dealsTheExamplesOfAllFilesToLanesInTheOrderOfIdentities(SparkSession spark)
      throws Exception {
    List<Example> expected = new ArrayList<>();
    int records = 0;
    int truncated = 0;
    try (Tokenizer tokenizer = Tokenizer.load(directory.resolve("model"))) {
      ExampleEncoder encoder = ExampleEncoder.of(directory.resolve("model"), tokenizer, MAX_LENGTH);
      for (Map.Entry<String, String> line : Fixtures.lines(directory.resolve("in")).entrySet()) {
        byte[] json = line.getValue().getBytes(StandardCharsets.UTF_8);
        ExampleEncoder.Sequence sequence =
            encoder
                .encode(
                    new RecordReader(DataFormat.AUTO, new DataFormat[1], Map.of())
                        .read(new Line(0, 0, json, json.length)))
                .get(0);
        records++;
        truncated += sequence.truncated() ? 1 : 0;
        if (sequence.teaches()) {
          int n = sequence.weights().length;
          expected.add(
              new Example(
                  line.getKey(),
                  Arrays.copyOf(sequence.tokens(), n),
                  Arrays.copyOfRange(sequence.tokens(), 1, n + 1),
                  sequence.weights()));
        }
      }
    }

    LaneDataset dataset = prepare(spark, 3);

    List<List<Example>> lanes = Fixtures.examples(dataset);
    for (int position = 0; position < expected.size(); position++) {
      assertThat(lanes.get(position % 3).get(position / 3)).isEqualTo(expected.get(position));
    }
    assertThat(dataset.lanes()).isEqualTo(3);
    assertThat(dataset.examples()).isEqualTo(expected.size());
    assertThat(dataset.examples(2)).isEqualTo(lanes.get(2).size());
    assertThat(dataset.tokens()).isEqualTo(expected.stream().mapToLong(Example::length).sum());
    assertThat(dataset.truncated()).isEqualTo(truncated).isGreaterThan(10);
    assertThat(dataset.dropped()).isEqualTo(records - expected.size()).isGreaterThan(3);
    assertThat(dataset.plan(8, 1, true)).isEqualTo(new BatchPlan(expected.size(), 3, 8, 1, true));
  }

  @Test
  void writesOnceAndThenReuses(SparkSession spark) throws IOException {
    LaneDataset first = prepare(spark, 2);
    assertThat(first.reused()).isFalse();
    Path data = directory.resolve("out/data/" + first.digest());
    assertThat(names(data)).hasSize(3).contains("lanes.json");
    Map<Path, FileTime> written = times(data);
    LaneDataset second = prepare(spark, 2);
    assertThat(second.reused()).isTrue();
    assertThat(times(data)).isEqualTo(written);
    assertThat(Fixtures.examples(second)).isEqualTo(Fixtures.examples(first));
    assertThat(second.truncated()).isEqualTo(first.truncated());
  }

  @Test
  void hasADigestOfAllThatDecidesTheContent(SparkSession spark) throws IOException {
    List<String> digests = new ArrayList<>();
    digests.add(prepare(spark, 2).digest());
    digests.add(prepare(spark, 1).digest());
    digests.add(prepare(spark, 2, spec(DataFormat.AUTO, 64)).digest());
    ByteTokenizer.write(directory.resolve("model"), false);
    digests.add(prepare(spark, 2).digest());
    Path file = directory.resolve("in/part-0.jsonl");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L));
    digests.add(prepare(spark, 2).digest());
    Files.delete(file);
    digests.add(prepare(spark, 2).digest());
    assertThat(digests).doesNotHaveDuplicates();
  }

  @Test
  void writesAgainWhatIsNotCommitted(SparkSession spark) throws IOException {
    LaneDataset first = prepare(spark, 2);
    List<List<Example>> examples = Fixtures.examples(first);
    Path data = directory.resolve("out/data/" + first.digest());
    Files.delete(data.resolve("lanes.json"));
    String written =
        names(data).stream().filter(n -> n.startsWith("lane-00000")).findFirst().orElseThrow();
    String lost = written.substring(0, 28) + UUID.randomUUID();
    Files.writeString(data.resolve(lost), "rest");
    Files.writeString(data.resolve("lane-00000-of-a-user"), "mine");
    LaneDataset second = prepare(spark, 2);
    assertThat(second.reused()).isFalse();
    assertThat(names(data)).hasSize(4).contains("lane-00000-of-a-user").doesNotContain(lost);

    for (String manifest : List.of("{\"version\": 1", "{}", "null", "[]", "")) {
      Files.writeString(data.resolve("lanes.json"), manifest); // a user's now
      assertThatThrownBy(() -> prepare(spark, 2))
          .as(manifest)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("lanes.json: a file is there that Signal did not write");
    }
    Files.delete(data.resolve("lanes.json"));
    assertThat(prepare(spark, 2).reused()).isFalse();

    String lane =
        names(data).stream()
            .filter(n -> n.matches("lane-0000.-[0-9a-f]{16}-.*"))
            .findFirst()
            .orElseThrow();
    Files.write(data.resolve(lane), new byte[] {1, 2, 3});
    LaneDataset last = prepare(spark, 2);
    assertThat(last.reused()).isFalse();
    assertThat(Fixtures.examples(last)).isEqualTo(examples);
  }

  @Test
  void sharesAnOpenLaneInTheJvm(SparkSession spark) {
    LaneDataset dataset = prepare(spark, 2);
    assertThat(dataset.lane(1)).isSameAs(dataset.lane(1)).isNotSameAs(dataset.lane(0));
  }

  @Test
  void travelsWithTasks(SparkSession spark) {
    LaneDataset dataset = prepare(spark, 2);
    var context = org.apache.spark.api.java.JavaSparkContext.fromSparkContext(spark.sparkContext());
    assertThat(
            context
                .parallelize(List.of(0, 1), 2)
                .map(lane -> dataset.lane(lane).example(0).id())
                .collect())
        .containsExactly(dataset.lane(0).example(0).id(), dataset.lane(1).example(0).id());
  }

  private LaneDataset prepare(SparkSession spark, int lanes) {
    return prepare(spark, lanes, spec(DataFormat.AUTO, MAX_LENGTH));
  }

  private LaneDataset prepare(SparkSession spark, int lanes, DataSpec spec) {
    return LaneDataset.prepare(
        spark,
        spec,
        directory.resolve("model").toString(),
        lanes,
        directory.resolve("out").toString());
  }

  private DataSpec spec(DataFormat format, int maxLength) {
    return new DataSpec(List.of(directory.resolve("in").toString()), format, maxLength);
  }

  private static List<String> names(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data)) {
      return files.map(f -> f.getFileName().toString()).filter(n -> !n.startsWith(".")).toList();
    }
  }

  private static Map<Path, FileTime> times(Path data) throws IOException {
    Map<Path, FileTime> times = new java.util.TreeMap<>();
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.toList()) {
        times.put(file, Files.getLastModifiedTime(file));
      }
    }
    return times;
  }
}
