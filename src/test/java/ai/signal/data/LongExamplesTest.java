package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of records that are longer than a data set allows. */
@ExtendWith(SparkExtension.class)
class LongExamplesTest {
  @TempDir private Path directory;

  @Test
  void theyAreCutOrSkippedOrAnError(SparkSession spark) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("a.jsonl"),
            "{\"text\": \"abc\"}\n{\"text\": \"abcd\"}\n{\"text\": \"abc\"}\n{\"text\": \"abcde\"}\n");
    DataSpec cut =
        new DataSpec(List.of(file.toString()), DataFormat.AUTO, 4)
            .selecting(
                new Selection(
                    Map.of(), Optional.empty(), Optional.empty(), Optional.of(List.of())));
    LaneDataset all = prepare(spark, cut);
    assertThat(List.of(all.examples(), all.truncated(), all.duplicates()))
        .containsExactly(3L, 2L, 1L);
    LaneDataset some = prepare(spark, cut.onLong(LongExamples.SKIP));
    assertThat(List.of(some.examples(), some.truncated(), some.duplicates(), some.dropped()))
        .containsExactly(1L, 2L, 1L, 0L);
    assertThat(some.digest()).isNotEqualTo(all.digest());
    String reason = "it has more than max_length = 4 tokens; data.on_long can be truncate or skip";
    for (BadRecords use : BadRecords.values()) { // such a record is not bad
      assertThatThrownBy(() -> prepare(spark, cut.onLong(LongExamples.FAIL).on(use)))
          .isInstanceOf(DataException.class)
          .hasMessage("Cannot use %s line 2: %s", file, reason);
    }
    Files.writeString(file, "{\"text\": \"abcd\"}\n");
    assertThatThrownBy(() -> prepare(spark, cut.onLong(LongExamples.SKIP)))
        .hasMessageContaining("1 of its records have more than 4 tokens and are skipped");
  }

  private LaneDataset prepare(SparkSession spark, DataSpec spec) throws IOException {
    Path model = directory.resolve("model");
    if (!Files.exists(model)) {
      ByteTokenizer.write(model, false);
    }
    return LaneDataset.prepare(
        spark, spec, model.toString(), 1, directory.resolve("out").toString());
  }
}
