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
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

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

  private LaneDataset prepare(SparkSession spark, Path path, BadRecords policy) {
    return LaneDataset.prepare(
        spark,
        new DataSpec(List.of(path.toString()), DataFormat.AUTO, 32).on(policy),
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
