package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SparkExtension.class)
class JsonArrayTest {
  private static final String TRICKY = "a\"\\]}[{,é\n";

  @TempDir private Path directory;

  @Test
  void cutsWhatJacksonReads() throws IOException {
    ObjectMapper json = new ObjectMapper();
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      for (int i = random.nextInt(6); i > 0; i--) {
        array.add(value(random, 3));
      }
      String text =
          random.nextBoolean()
              ? array.toString()
              : json.writerWithDefaultPrettyPrinter().writeValueAsString(array);
      List<JsonNode> read = new ArrayList<>();
      for (String element : elements(" \n" + text + "\n")) {
        read.add(json.readTree(element.substring(element.indexOf(' ') + 1)));
      }
      assertThat(read).as(text).containsExactlyElementsOf(array);
    }
  }

  @Test
  void knowsWhereElementsAre() throws IOException {
    assertThat(elements("[{\"a\": 1},\n\n  {\"b\":\n2} , 3]"))
        .containsExactly("1@1 {\"a\": 1}", "3@14 {\"b\":\n2} ", "4@25 3");
    assertThat(elements("[]")).isEmpty();
    assertThat(elements("  ")).isEmpty();
    assertThat(elements("[{\"a\": 1")).containsExactly("1@1 {\"a\": 1", "1@8 ");
    assertThat(elements("[1] x")).containsExactly("1@1 1", "1@4 x");
  }

  @Test
  void isReadAsRecordsOrLines(SparkSession spark) throws IOException {
    ByteTokenizer.write(directory.resolve("model"), true);
    String good = "{\"prompt\": \"p\", \"completion\": \"c\"}";
    Path file = directory.resolve("a.json");
    Files.writeString(file, "[\n" + good + ",\n" + good + "\n]\n");
    LaneDataset array = prepare(spark, file, BadRecords.FAIL);
    assertThat(array.examples()).isEqualTo(2);
    assertThat(array.lane(1).example(0).id()).isEqualTo("file:" + file + "@38");

    Files.writeString(file, "[" + good + ",\n{\"prompt\": 1},\n" + good + ",\n");
    assertThatThrownBy(() -> prepare(spark, file, BadRecords.FAIL))
        .hasMessageContaining(file + " line 2: 'completion' is missing");
    LaneDataset cut = prepare(spark, file, BadRecords.QUARANTINE);
    assertThat(cut.examples()).isEqualTo(2);
    assertThat(cut.leftOut().records()).isEqualTo(2);
    List<String> kept =
        Files.readAllLines(Path.of(java.net.URI.create(cut.quarantine().orElseThrow())));
    assertThat(kept.get(0)).contains("\"line\":2", "{\\\"prompt\\\": 1}");
    assertThat(kept.get(1)).contains("\"line\":4", "the array has no end");

    Files.writeString(file, good + "\n" + good + "\n");
    assertThat(prepare(spark, file, BadRecords.FAIL).examples()).isEqualTo(2);
    Files.writeString(directory.resolve("b.json"), "[" + good + "]");
    assertThatThrownBy(() -> prepare(spark, directory.resolve("*.json"), BadRecords.FAIL))
        .hasMessageContaining("some hold a JSON array, others JSON lines");
  }

  /** By rows or by lines, what has no end is bad, and so is null, which is no object. */
  @ParameterizedTest
  @ValueSource(strings = {"none", "filter", "key", "deduplicate"})
  void isReadWholeWhateverIsSelected(String by, SparkSession spark) throws IOException {
    ByteTokenizer.write(directory.resolve("model"), true);
    Selection selection =
        new Selection(
            Map.of("prompt", "prompt"),
            by.equals("key") ? Optional.of("id") : Optional.empty(),
            by.equals("filter") ? Optional.of("id < 9") : Optional.empty(),
            by.equals("deduplicate") ? Optional.of(List.of("id")) : Optional.empty());
    String record = "{\"id\": %d, \"prompt\": \"p\", \"completion\": \"c\"}";
    Path file = directory.resolve("a.json");
    Files.writeString(file, "[" + record.formatted(1) + ",\nnull,\n" + record.formatted(2) + ",\n");
    LaneDataset cut = prepare(spark, file, selection, BadRecords.QUARANTINE);
    assertThat(cut.examples()).isEqualTo(2);
    assertThat(cut.filtered()).isZero();
    List<String> kept =
        Files.readAllLines(Path.of(java.net.URI.create(cut.quarantine().orElseThrow())));
    assertThat(kept).hasSize(2);
    assertThat(kept.get(0)).contains("\"line\":2", "the line is null, not a JSON object");
    assertThat(kept.get(1)).contains("\"line\":4", "the array has no end", "\"record\":\"\"");
    Files.writeString(file, "[" + record.formatted(1));
    assertThatThrownBy(() -> prepare(spark, file, selection, BadRecords.FAIL))
        .hasMessageContaining(file + " line 1: the array has no end");
  }

  @Test
  void nothingIsNoRecord() {
    assertThatThrownBy(() -> JsonLine.parse(new byte[0], 0))
        .isInstanceOf(RecordException.class)
        .hasMessage("the line is empty, not a JSON object");
  }

  private LaneDataset prepare(SparkSession spark, Path path, BadRecords policy) {
    return prepare(spark, path, Selection.ALL, policy);
  }

  private LaneDataset prepare(
      SparkSession spark, Path path, Selection selection, BadRecords policy) {
    return LaneDataset.prepare(
        spark,
        new DataSpec(List.of(path.toString()), DataFormat.AUTO, 32).selecting(selection).on(policy),
        directory.resolve("model").toString(),
        2,
        directory.resolve("out").toString());
  }

  private List<String> elements(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("array.json"), text);
    List<String> elements = new ArrayList<>();
    try (RecordStream array = JsonArray.open(0, file.toString(), new Configuration())) {
      for (Line line = array.next(); line != null; line = array.next()) {
        String element = new String(line.bytes(), 0, line.length(), StandardCharsets.UTF_8);
        elements.add("%d@%d %s".formatted(array.number(), line.offset(), element));
      }
    }
    return elements;
  }

  private static JsonNode value(Random random, int depth) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (random.nextInt(depth == 0 ? 3 : 5)) {
      case 0 -> nodes.numberNode(random.nextInt());
      case 1 -> nodes.booleanNode(random.nextBoolean());
      case 2 -> {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
          text.append(TRICKY.charAt(random.nextInt(TRICKY.length())));
        }
        yield nodes.textNode(text.toString());
      }
      case 3 -> nodes.arrayNode().add(value(random, depth - 1)).add(value(random, depth - 1));
      default -> nodes.objectNode().set(TRICKY, value(random, depth - 1));
    };
  }
}
