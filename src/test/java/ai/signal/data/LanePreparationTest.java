package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class LanePreparationTest {
  private static final String SPLIT = "spark.sql.files.maxPartitionBytes";
  private static final String PAIR = "{\"prompt\": \"a\", \"completion\": \"b\"}\n";
  private static final String TEXT = "{\"text\": \"a\"}\n";

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void writeModel() throws IOException {
    ByteTokenizer.write(directory.resolve("model"), true);
    file = directory.resolve("data.jsonl");
  }

  @AfterEach
  void resetSplits(SparkSession spark) {
    spark.conf().unset(SPLIT);
  }

  @Test
  void namesFileLineAndReasonOfTheFirstLineThatIsNoRecord(SparkSession spark) throws IOException {
    String bad = "{\"prompt\": \"x\"}\n";
    write(PAIR.repeat(16) + bad + PAIR.repeat(9) + "nonsense\n" + PAIR.repeat(3));
    for (String split : List.of("20b", "200b", "1MB")) {
      spark.conf().set(SPLIT, split);
      assertThatThrownBy(() -> prepare(spark, DataFormat.AUTO, 8))
          .isInstanceOf(DataException.class)
          .hasMessage(
              "Cannot read %s line 17: 'completion' is missing"
                  + " (a record has 'text', or 'prompt' and 'completion', or 'messages', or 'token_ids', or 'conversations', or 'instruction' and 'output')",
              file);
    }
    assertThat(directory.resolve("out")).doesNotExist();
  }

  @Test
  void refusesAFileThatMixesFormatsHoweverItIsSplit(SparkSession spark) throws IOException {
    write(PAIR.repeat(20) + TEXT.repeat(20) + PAIR.repeat(20));
    for (String split : List.of("20b", "150b", "1MB")) {
      spark.conf().set(SPLIT, split);
      assertThatThrownBy(() -> prepare(spark, DataFormat.AUTO, 8))
          .hasMessage(
              "Cannot read %s line 21: the file mixes formats: before this line, a record has"
                  + " 'prompt' and 'completion'",
              file);
    }
  }

  @Test
  void takesFilesOfDifferentFormats(SparkSession spark) throws IOException {
    write(PAIR.repeat(3));
    Files.writeString(directory.resolve("data2.jsonl"), TEXT.repeat(4));
    DataSpec spec =
        new DataSpec(List.of(directory.resolve("data*.jsonl").toString()), DataFormat.AUTO, 8);
    assertThat(prepare(spark, spec).examples()).isEqualTo(7);
  }

  @Test
  void refusesDataWithNothingToLearn(SparkSession spark) throws IOException {
    write("\n \n");
    assertThatThrownBy(() -> prepare(spark, DataFormat.AUTO, 8))
        .isInstanceOf(DataException.class)
        .hasMessage("Cannot read %s: it holds no record", file);
    write("");
    assertThatThrownBy(() -> prepare(spark, DataFormat.AUTO, 8))
        .hasMessage("Cannot read %s: it holds no record", file);
    write(PAIR);
    assertThatThrownBy(() -> prepare(spark, DataFormat.AUTO, 2))
        .hasMessage(
            "Cannot use %s: cut to 2 tokens, no record has a token left to learn (data.max_length)",
            file);
  }

  @Test
  void refusesNonsenseBeforeAnyWork(SparkSession spark) {
    assertThatThrownBy(
            () ->
                LaneDataset.prepare(
                    spark, spec(DataFormat.AUTO, 8), "builtin:tiny", 0, directory.toString()))
        .hasMessageContaining("(cluster.lanes)");
    assertThatThrownBy(() -> spec(DataFormat.AUTO, 1)).hasMessageContaining("(data.max_length)");
    assertThatThrownBy(() -> new DataSpec(List.of(" "), DataFormat.AUTO, 8))
        .hasMessageContaining("(data.path)");
  }

  @Test
  void describesItsJobsAndLeavesTheDescriptionAsItWas(SparkSession spark) throws Exception {
    write(PAIR);
    List<String> descriptions = Collections.synchronizedList(new ArrayList<>());
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            descriptions.add(start.properties().getProperty("spark.job.description"));
          }
        };
    spark.sparkContext().addSparkListener(listener);
    spark.sparkContext().setJobDescription("sft-demo");
    try {
      prepare(spark, DataFormat.AUTO, 8);
      assertThat(spark.sparkContext().getLocalProperty("spark.job.description"))
          .isEqualTo("sft-demo");
      spark.sparkContext().listenerBus().waitUntilEmpty();
    } finally {
      spark.sparkContext().setJobDescription(null);
      spark.sparkContext().removeSparkListener(listener);
    }
    assertThat(descriptions)
        .containsExactly(
            "sft-demo · " + file + " · tokenize", "sft-demo · " + file + " · write 2 lanes");
  }

  @Test
  void leavesNothingStoredOnExecutors(SparkSession spark) throws IOException {
    write(PAIR.repeat(5));
    prepare(spark, DataFormat.AUTO, 8);
    assertThat(spark.sparkContext().getPersistentRDDs().isEmpty()).isTrue();
  }

  private void write(String lines) throws IOException {
    Files.writeString(file, lines);
  }

  private LaneDataset prepare(SparkSession spark, DataFormat format, int maxLength) {
    return prepare(spark, spec(format, maxLength));
  }

  private LaneDataset prepare(SparkSession spark, DataSpec spec) {
    return LaneDataset.prepare(
        spark, spec, directory.resolve("model").toString(), 2, directory.resolve("out").toString());
  }

  private DataSpec spec(DataFormat format, int maxLength) {
    return new DataSpec(List.of(file.toString()), format, maxLength);
  }
}
