package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.Irregular;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Data that is no regular file is refused before Signal or Spark opens it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IrregularDataFilesTest {
  private final Configuration conf = new Configuration();
  @TempDir Path directory;

  static Stream<Arguments> everyFileAndKind() {
    return Stream.of("b.jsonl", "b.json", "b.csv", "b.parquet", "b.orc", "b.jsonl.gz", "b.zst")
        .flatMap(
            name ->
                Stream.of(Irregular.PIPE, Irregular.DEVICE).map(kind -> Arguments.of(name, kind)));
  }

  @ParameterizedTest
  @MethodSource("everyFileAndKind")
  void isRefusedByNameInADirectoryAndByGlob(String name, Irregular kind) throws Exception {
    Files.writeString(directory.resolve("a.jsonl"), "{}");
    Path file = directory.resolve(name);
    kind.put(file);
    for (String path : List.of(name, "", "*", "b*", "{a,b}*", "[b].*")) {
      assertThatThrownBy(() -> InputFile.list(List.of(directory.resolve(path).toString()), conf))
          .as(path)
          .isInstanceOf(DataException.class)
          .hasMessage("Cannot read %s: it %s", file, kind.refusal());
    }
    String table = "parquet.`%s`".formatted(directory);
    assertThatThrownBy(() -> TableOfFiles.requireRegular(table, conf))
        .isInstanceOf(DataException.class)
        .hasMessage("Cannot read %s: it %s".formatted(file, kind.refusal()));
  }

  @Test
  void tablesOfRegularFilesAndOfTheCatalogAreLeftToSpark() throws IOException {
    Files.writeString(Files.createDirectory(directory.resolve("day=1")).resolve("a.csv"), "a\n1\n");
    for (String table : List.of("lake.chats", "csv.`%s`".formatted(directory), "csv.`/none/*`")) {
      TableOfFiles.requireRegular(table, conf);
    }
  }

  /** What was a file when it was listed. */
  @ParameterizedTest
  @EnumSource(Irregular.class)
  void isRefusedAgainWhereItIsOpened(Irregular kind) throws Exception {
    Path file = directory.resolve("a.jsonl");
    kind.put(file);
    String location = "file:" + file;
    assertThatThrownBy(() -> FileLines.open(0, location, conf))
        .hasMessage("Cannot read %s: it %s", file, kind.refusal());
    assertThatThrownBy(() -> JsonArray.open(0, location, conf))
        .hasMessage("Cannot read %s: it %s", file, kind.refusal());
    assertThatThrownBy(() -> MappedBytes.map(file, MappedBytes.STEP))
        .hasMessage("Cannot read %s: it %s", file, kind.refusal());
  }

  @ParameterizedTest
  @EnumSource(Irregular.class)
  void lanesAreRefused(Irregular kind) throws Exception {
    Path file = directory.resolve(LaneManifest.NAME);
    kind.put(file);
    FileSystem fs = FileSystem.getLocal(conf);
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(directory.toString());
    assertThatThrownBy(() -> LaneManifest.read(fs, path, "d"))
        .hasMessage("Cannot read %s: it %s", file, kind.refusal());
  }

  @ParameterizedTest
  @EnumSource(Irregular.class)
  void filesOfATokenizerAreRefused(Irregular kind) throws Exception {
    Path file = directory.resolve("special_tokens_map.json");
    kind.put(file);
    assertThatThrownBy(() -> LaneDigest.ofTokenizer(directory))
        .isInstanceOf(DataException.class)
        .hasMessage("Cannot read %s: it %s", file, kind.refusal());
    Files.delete(file);
    assertThat(LaneDigest.ofTokenizer(directory)).hasSize(64);
  }
}
