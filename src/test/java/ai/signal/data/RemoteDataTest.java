package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;

@ExtendWith(SparkExtension.class)
class RemoteDataTest {
  @TempDir private Path directory;
  private Configuration conf;

  @BeforeEach
  void writeData(SparkSession spark) throws IOException {
    conf = spark.sparkContext().hadoopConfiguration();
    ObjectFileSystem.configure(conf);
    ByteTokenizer.write(directory.resolve("model"), true);
    Fixtures.writeData(directory.resolve("in"));
  }

  @Test
  void readsAndWritesObjectStores(SparkSession spark) throws IOException {
    LaneDataset local = prepare(spark, "");
    LaneDataset remote = prepare(spark, "object:");
    assertThat(prepare(spark, "object:").reused()).isTrue();
    assertThat(remote.digest()).isNotEqualTo(local.digest());
    List<List<Example>> expected =
        Fixtures.examples(local).stream()
            .map(lane -> lane.stream().map(RemoteDataTest::atObjectStore).toList())
            .toList();
    assertThat(Fixtures.examples(remote)).isEqualTo(expected);
    assertThatThrownBy(
            () ->
                Prompts.toSample(
                    spark,
                    new DataSpec(
                        List.of("object:" + directory.resolve("in/part-2.jsonl")),
                        DataFormat.AUTO,
                        8),
                    "builtin:tiny"))
        .hasMessageContaining("Cannot read object:%s/in/part-2.jsonl line ", directory);
  }

  @Test
  void sharesOneCopyOfALanePerHostAndReplacesADamagedOne() throws IOException {
    Path store = Files.createDirectories(directory.resolve("store"));
    LaneEntry entry;
    try (LaneWriter writer = new LaneWriter(Files.newOutputStream(store.resolve("lane")))) {
      entry = writer.finish(List.of(), "lane");
    }
    Path temporary = directory.resolve("tmp");
    open(entry, temporary);
    Path copy = copies(temporary).get(0);
    Files.delete(store.resolve("lane"));
    assertThat(open(entry, temporary).examples()).isZero();
    byte[] whole = Files.readAllBytes(copy);
    Files.delete(copy);
    Files.write(copy, new byte[whole.length]);
    assertThatThrownBy(() -> open(entry, temporary))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("Cannot copy lane file object:" + store);
    Files.write(store.resolve("lane"), whole);
    assertThat(open(entry, temporary).examples()).isZero();
    assertThat(copies(temporary)).containsExactly(copy);
  }

  @Test
  void leavesNoPartOfALaneWhenItsTaskFails(SparkSession spark) {
    String lanes = "object:" + directory.resolve("lanes");
    WriteLanes task =
        new WriteLanes(
            lanes,
            "0123456789abcdef",
            List.of(),
            JavaSparkContext.fromSparkContext(spark.sparkContext())
                .broadcast(new SerializableConfiguration(conf)));
    var examples =
        Stream.of(1L, 2L)
            .map(
                position -> {
                  if (position == 2) {
                    throw new IllegalStateException("lost");
                  }
                  return new Tuple2<>(position, new byte[28]);
                })
            .iterator();
    assertThatThrownBy(() -> task.call(0, examples)).hasMessage("lost");
    assertThat(directory.resolve("lanes")).isEmptyDirectory();
  }

  private LaneDataset prepare(SparkSession spark, String scheme) {
    DataSpec spec = new DataSpec(List.of(scheme + directory.resolve("in")), DataFormat.AUTO, 48);
    String model = directory.resolve("model").toString();
    return LaneDataset.prepare(spark, spec, model, 2, scheme + directory.resolve("out"));
  }

  private LaneFile open(LaneEntry entry, Path temporary) {
    return HostCopy.open("object:" + directory.resolve("store"), "digest", entry, conf, temporary);
  }

  private static List<Path> copies(Path temporary) throws IOException {
    try (Stream<Path> files = Files.walk(temporary)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static Example atObjectStore(Example example) {
    return new Example(
        example.id().replace("file:", "object:"),
        example.tokens(),
        example.targetTokens(),
        example.weights());
  }
}
