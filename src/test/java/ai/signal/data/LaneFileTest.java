package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaneFileTest {
  private static final List<String> LOCATIONS = List.of("file:/a b.jsonl", "s3a://bucket/é.jsonl");

  @TempDir private Path directory;

  @Test
  void returnsWhatWasWritten() throws IOException {
    List<List<ExampleEncoder.Sequence>> sequences = sequences(200);
    LaneEntry entry = write("lane", sequences);
    assertThat(entry.bytes()).isEqualTo(Files.size(directory.resolve("lane")));
    assertThat(entry.examples()).isEqualTo(200);
    assertThat(entry.tokens())
        .isEqualTo(sequences.stream().mapToLong(LaneFileTest::positions).sum());
    // Steps that examples cross in every way; 2,200 bytes is more than the largest example has.
    for (int step : new int[] {2200, 2400, 4001, MappedBytes.STEP}) {
      LaneFile lane = LaneFile.open(directory.resolve("lane"), entry, step);
      assertThat(lane.examples()).isEqualTo(200);
      for (int i = 0; i < 200; i++) {
        assertThat(lane.example(i)).isEqualTo(example(i, sequences.get(i)));
        assertThat(lane.length(i)).isEqualTo(positions(sequences.get(i)));
      }
    }
  }

  @Test
  void isSafeForManyThreads() throws IOException {
    List<List<ExampleEncoder.Sequence>> sequences = sequences(50);
    LaneEntry entry = write("lane", sequences);
    LaneFile lane = LaneFile.open(directory.resolve("lane"), entry, 2200);
    assertThat(
            IntStream.range(0, 20_000)
                .parallel()
                .map(i -> i * 7 % 50)
                .allMatch(i -> lane.example(i).equals(example(i, sequences.get(i)))))
        .isTrue();
  }

  @Test
  void holdsNoFileOpen() throws IOException {
    LaneEntry entry = write("lane", sequences(3));
    LaneFile lane = LaneFile.open(directory.resolve("lane"), entry, MappedBytes.STEP);
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(descriptors.map(LaneFileTest::target))
          .doesNotContain(directory.resolve("lane").toString());
    }
    assertThat(lane.example(2).id()).isEqualTo("file:/a b.jsonl@200");
  }

  @Test
  void mayBeEmpty() throws IOException {
    LaneEntry entry = write("lane", List.of());
    LaneFile lane = LaneFile.open(directory.resolve("lane"), entry, MappedBytes.STEP);
    assertThat(lane.examples()).isZero();
    assertThatThrownBy(() -> lane.example(0))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("Cannot read example 0 of a lane of 0");
  }

  @Test
  void refusesExamplesThatAreNotThere() throws IOException {
    LaneEntry entry = write("lane", sequences(3));
    LaneFile lane = LaneFile.open(directory.resolve("lane"), entry, MappedBytes.STEP);
    assertThatThrownBy(() -> lane.example(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> lane.example(3)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void refusesAFileOfWhichAnyByteHasChanged() throws IOException {
    LaneEntry entry = write("lane", sequences(4));
    byte[] bytes = Files.readAllBytes(directory.resolve("lane"));
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 4;
      Path file = Files.write(directory.resolve("damaged"), damaged);
      assertThatThrownBy(() -> LaneFile.open(file, entry, MappedBytes.STEP))
          .as("byte %d", i)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("Cannot open lane file " + file);
    }
    Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> LaneFile.open(cut, entry, MappedBytes.STEP))
        .hasMessageContaining("it has %d bytes, not %d".formatted(bytes.length - 1, bytes.length));
    assertThatThrownBy(() -> LaneFile.open(directory.resolve("none"), entry, MappedBytes.STEP))
        .isInstanceOf(DataException.class);
  }

  /** A wrong manifest is no reason to read outside the file either. */
  @Test
  void refusesAnIndexThatLeavesTheFile() throws IOException {
    write("lane", sequences(4));
    byte[] bytes = Files.readAllBytes(directory.resolve("lane"));
    Random random = new Random(3);
    for (int round = 0; round < 1000; round++) {
      byte[] damaged = bytes.clone();
      int at = random.nextInt(bytes.length);
      damaged[at] = (byte) random.nextInt();
      Path file = Files.write(directory.resolve("damaged"), damaged);
      LaneEntry forged = entry(damaged);
      try {
        LaneFile lane = LaneFile.open(file, forged, MappedBytes.STEP);
        for (int i = 0; i < lane.examples(); i++) {
          lane.example(i);
        }
      } catch (DataException e) {
        assertThat(e).hasMessageContaining("Cannot open lane file");
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("Cannot use example");
      }
    }
  }

  private static LaneEntry entry(byte[] bytes) {
    var crc = new java.util.zip.CRC32C();
    crc.update(bytes);
    return new LaneEntry("damaged", bytes.length, 4, 0, crc.getValue());
  }

  private LaneEntry write(String name, List<List<ExampleEncoder.Sequence>> sequences)
      throws IOException {
    try (LaneWriter writer = new LaneWriter(Files.newOutputStream(directory.resolve(name)))) {
      for (int i = 0; i < sequences.size(); i++) {
        writer.add(LaneFormat.encode(i % 2, i * 100L, key(i), sequences.get(i)));
      }
      return writer.finish(LOCATIONS, name);
    }
  }

  private static int positions(List<ExampleEncoder.Sequence> example) {
    return example.stream().mapToInt(sequence -> sequence.weights().length).sum();
  }

  private static Example example(int i, List<ExampleEncoder.Sequence> sequences) {
    int n = positions(sequences);
    int[] tokens = new int[n];
    int[] targets = new int[n];
    float[] weights = new float[n];
    int at = 0;
    for (ExampleEncoder.Sequence sequence : sequences) {
      int length = sequence.weights().length;
      System.arraycopy(sequence.tokens(), 0, tokens, at, length);
      System.arraycopy(sequence.tokens(), 1, targets, at, length);
      System.arraycopy(sequence.weights(), 0, weights, at, length);
      at += length;
    }
    int[] lengths = sequences.stream().mapToInt(sequence -> sequence.weights().length).toArray();
    return new Example(
        LOCATIONS.get(i % 2) + "@" + (key(i).isEmpty() ? i * 100L : key(i)),
        tokens,
        targets,
        weights,
        lengths,
        inputs(sequences));
  }

  /** Every third record has one. */
  private static String key(int i) {
    return i % 3 == 1 ? "é" + i : "";
  }

  private static Map<String, float[]> inputs(List<ExampleEncoder.Sequence> sequences) {
    Map<String, float[]> inputs = new TreeMap<>();
    for (String name : sequences.get(0).inputs().keySet()) {
      float[] all = {};
      for (ExampleEncoder.Sequence sequence : sequences) {
        float[] own = sequence.inputs().get(name);
        all = Arrays.copyOf(all, all.length + own.length);
        System.arraycopy(own, 0, all, all.length - own.length, own.length);
      }
      inputs.put(name, all);
    }
    return inputs;
  }

  /** Examples of one to three sequences. */
  private static List<List<ExampleEncoder.Sequence>> sequences(int count) {
    Random random = new Random(count);
    List<List<ExampleEncoder.Sequence>> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<ExampleEncoder.Sequence> sequences = new ArrayList<>();
      for (int s = 0; s <= i % 3; s++) {
        int n = 1 + random.nextInt(40);
        float[] weights = new float[n];
        for (int j = 0; j < n; j++) {
          weights[j] = random.nextFloat();
        }
        sequences.add(
            new ExampleEncoder.Sequence(
                random.ints(n + 1, 0, Integer.MAX_VALUE).toArray(),
                weights,
                false,
                inputs(i % 4, weights)));
      }
      examples.add(sequences);
    }
    return examples;
  }

  /** None, either or both. */
  private static Map<String, float[]> inputs(int which, float[] like) {
    Map<String, float[]> inputs = new TreeMap<>();
    for (int i = 0; i < 2; i++) {
      if ((which & 1 << i) != 0) {
        float[] values = like.clone();
        values[0] = -i;
        inputs.put(LaneFormat.INPUTS.get(i), values);
      }
    }
    return inputs;
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
