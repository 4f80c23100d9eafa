package ai.signal.data;

import static ai.signal.DatasetAssertions.assertSameRows;
import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.SparkExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class JsonlFilesTest {
  private static final String SPLIT = "spark.sql.files.maxPartitionBytes";

  @TempDir private Path directory;

  @BeforeEach
  void writeData() throws IOException {
    Fixtures.writeData(directory);
  }

  @AfterEach
  void resetSplits(SparkSession spark) {
    spark.conf().unset(SPLIT);
  }

  @Test
  void givesEveryLineItsByteOffsetWhateverTheSplits(SparkSession spark) throws IOException {
    Map<String, String> expected = Fixtures.lines(directory);
    for (String split : List.of("61b", "200b", "1000b", "128MB")) {
      spark.conf().set(SPLIT, split);
      JsonlFiles files = files(spark);
      Map<String, String> actual = new TreeMap<>();
      for (String[] line : files.map(() -> JsonlFilesTest::identified).collect()) {
        String id = files.files().get(Integer.parseInt(line[0])).location() + "@" + line[1];
        assertThat(actual.put(id, line[2])).isNull();
      }
      assertThat(actual).as(split).containsExactlyInAnyOrderEntriesOf(expected);
    }
  }

  @Test
  void splitsFilesAtTheSizeOfTheSession(SparkSession spark) {
    JsonlFiles files = files(spark);
    assertThat(files.map(() -> JsonlFilesTest::identified).getNumPartitions()).isEqualTo(4);
    spark.conf().set(SPLIT, "1000b");
    long bytes = files.files().stream().mapToLong(InputFile::length).sum();
    assertThat(files.map(() -> JsonlFilesTest::identified).getNumPartitions())
        .isBetween((int) (bytes / 1100), (int) (bytes / 1000) + 4);
  }

  @Test
  void readsTheRecordsThatSparkReads(SparkSession spark) {
    Path file = directory.resolve("part-0.jsonl");
    StructType columns =
        new StructType()
            .add("prompt", DataTypes.StringType)
            .add("completion", DataTypes.StringType);
    Dataset<Row> expected = spark.read().schema(columns).json(file.toString()).na().drop();
    List<Row> prompts =
        Prompts.toSample(
                spark, new DataSpec(List.of(file.toString()), DataFormat.AUTO, 8), "builtin:tiny")
            .prompts()
            .stream()
            .map(prompt -> RowFactory.create(prompt.prompt(), prompt.completion().orElseThrow()))
            .toList();
    assertSameRows(expected, spark.createDataset(prompts, Encoders.row(columns)));
  }

  private JsonlFiles files(SparkSession spark) {
    List<InputFile> files =
        InputFile.list(List.of(directory.toString()), spark.sparkContext().hadoopConfiguration());
    return new JsonlFiles(spark, files, Set.of(), DataFormat.AUTO, Map.of());
  }

  private static String[] identified(Line line) {
    return new String[] {
      String.valueOf(line.file()),
      String.valueOf(line.offset()),
      new String(line.bytes(), 0, line.length(), StandardCharsets.UTF_8)
    };
  }
}
