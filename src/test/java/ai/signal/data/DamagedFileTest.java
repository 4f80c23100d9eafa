package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parquet and ORC files that hold something else than they say. */
@ExtendWith(SparkExtension.class)
class DamagedFileTest {
  private static final Path SOUND = Path.of("src", "test", "resources", "fuzz");

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "pairs.parquet, 899, 903",
    "pairs.parquet, 8, 40",
    "pairs.orc, 200, 300",
    "pairs.parquet, 0, 907",
    "pairs.orc, 0, 530"
  })
  void isRefusedByName(String name, int from, int to, SparkSession spark) throws Exception {
    ByteTokenizer.write(directory.resolve("model"), true);
    byte[] bytes = Files.readAllBytes(SOUND.resolve(name));
    Arrays.fill(bytes, from, to, (byte) 0x5A);
    Path file = Files.write(directory.resolve(name), bytes);
    DataSpec spec = new DataSpec(List.of(file.toString()), DataFormat.AUTO, 16);
    assertThatThrownBy(
            () ->
                LaneDataset.prepare(
                    spark,
                    spec,
                    directory.resolve("model").toString(),
                    1,
                    directory.resolve("out").toString()))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("Cannot read " + file + ": ");
    assertThatThrownBy(() -> Prompts.toEvaluate(spark, spec, directory.resolve("model").toString()))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("Cannot read " + file + ": ");
  }

  @Test
  void otherFailuresStayWhatTheyAre() {
    assertThat(DamagedFile.in(new IllegalStateException("a task was killed"), "x")).isEmpty();
    assertThat(DamagedFile.in(new DataException("Cannot read x: y"), "x")).isEmpty();
  }
}
