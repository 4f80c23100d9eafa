package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.ChildJvm;
import ai.signal.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaneBytesTest {
  @TempDir private Path directory;

  /** A Spark context is one per JVM, so each execution has a JVM of its own. */
  @Test
  void areTheSameHoweverSparkRuns() throws IOException {
    ByteTokenizer.write(directory.resolve("model"), true);
    Fixtures.writeData(directory.resolve("in"));
    String java = "org.apache.spark.serializer.JavaSerializer";
    String kryo = "org.apache.spark.serializer.KryoSerializer";
    List<String> lanes = new ArrayList<>();
    lanes.add(run("1", "local[1]", "128MB", java));
    lanes.add(run("2", "local[2]", "300b", java));
    lanes.add(run("3", "local[4]", "1000b", kryo));
    assertThat(lanes.get(0)).hasLineCount(3);
    assertThat(lanes).containsOnly(lanes.get(0));
  }

  private String run(String output, String... conf) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(directory.toString(), output));
    arguments.addAll(List.of(conf));
    return ChildJvm.run(Child.class, arguments.toArray(String[]::new));
  }

  /** Prints the bytes of each lane's file. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      Path directory = Path.of(args[0]);
      Path output = directory.resolve(args[1]);
      System.setProperty("spark.sql.files.maxPartitionBytes", args[3]);
      System.setProperty("spark.serializer", args[4]);
      try (SparkSession spark = SparkExtension.start(args[2])) {
        DataSpec spec =
            new DataSpec(List.of(directory.resolve("in").toString()), DataFormat.AUTO, 48);
        String model = directory.resolve("model").toString();
        LaneDataset dataset = LaneDataset.prepare(spark, spec, model, 3, output.toString());
        try (Stream<Path> files = Files.list(output.resolve("data/" + dataset.digest()))) {
          for (Path file : files.sorted().toList()) {
            if (file.getFileName().toString().startsWith("lane-")) {
              System.out.println(HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
          }
        }
      }
    }
  }
}
