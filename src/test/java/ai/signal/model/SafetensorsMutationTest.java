package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is done to a file, the reader either refuses it by name or places every tensor inside
 * it. Plain seeded loops: a failure names its seed, and every run tries the same files.
 */
class SafetensorsMutationTest {
  private static final int SEEDS = 2000;
  private static final String HEADER =
      """
      {"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},\
      "b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},"c":{"dtype":"I64","shape":[],"data_offsets":[32,40]},\
      "d":{"dtype":"F16","shape":[1,1,2],"data_offsets":[40,44]}}""";
  private static final List<String> HOSTILE =
      List.of(
          "-1",
          "0",
          "7",
          "44",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "18446744073709551615",
          "4611686018427387904",
          "1e3",
          "1.5",
          "NaN",
          "null",
          "true",
          "\"\"",
          "\"F32\"",
          "\"F64\"",
          "\"BOOL\"",
          "\"U4\"",
          "[]",
          "[0]",
          "[0,0]",
          "[2,3]",
          "{}",
          "[".repeat(3000),
          "{\"a\":".repeat(3000),
          "[" + "1,".repeat(100) + "1]",
          "9".repeat(2000),
          "\"" + "x".repeat(70_000) + "\"",
          "\"\\ud800\"",
          "\"\\u0000\"",
          ",",
          ":",
          "}",
          "]",
          "//",
          "\u0000",
          "\ufeff",
          "shape",
          "data_offsets",
          "__metadata__");

  @TempDir Path directory;
  private int accepted;
  private int refused;

  @Test
  void bytesChanged() {
    forEachSeed(
        random -> {
          byte[] file = original();
          for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
            file[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
          }
          return file;
        });
    assertThat(accepted).isPositive(); // those in values and names
  }

  @Test
  void cutAndExtended() {
    forEachSeed(random -> Arrays.copyOf(original(), random.nextInt(2 * original().length)));
  }

  @Test
  void lengthOfHeaderReplaced() {
    forEachSeed(
        random -> {
          long length = random.nextLong() >>> random.nextInt(64);
          byte[] file = original();
          ByteBuffer.wrap(file)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(random.nextBoolean() ? length : -length);
          return file;
        });
  }

  @Test
  void headerSpliced() {
    forEachSeed(
        random -> {
          String header = HEADER;
          for (int cuts = 1 + random.nextInt(3); cuts > 0; cuts--) {
            int from = random.nextInt(header.length());
            int to = Math.min(header.length(), from + random.nextInt(60));
            int place = random.nextInt(header.length());
            int resume = Math.min(header.length(), place + random.nextInt(60));
            header =
                header.substring(0, place) + header.substring(from, to) + header.substring(resume);
          }
          return LlamaFiles.safetensors(header, random.nextInt(60));
        });
  }

  @Test
  void hostileValues() {
    Matcher tokens = Pattern.compile("-?\\d+|\"[^\"]*\"|\\[[^\\]]*\\]|[{}:,]").matcher(HEADER);
    List<MatchResult> places = tokens.results().toList();
    forEachSeed(
        random -> {
          StringBuilder header = new StringBuilder(HEADER);
          for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
            MatchResult place = places.get(random.nextInt(places.size()));
            String value = HOSTILE.get(random.nextInt(HOSTILE.size()));
            header.replace(
                Math.min(place.start(), header.length()),
                Math.min(place.end(), header.length()),
                value);
          }
          return LlamaFiles.safetensors(header.toString(), 44);
        });
  }

  private void forEachSeed(Function<SplittableRandom, byte[]> mutation) {
    Path file = directory.resolve("mutated.safetensors");
    for (int seed = 0; seed < SEEDS; seed++) {
      byte[] content = mutation.apply(new SplittableRandom(seed));
      LlamaFiles.bytes(file, content);
      try {
        openAndCheck(file, content.length);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("Seed " + seed, e);
      }
    }
    assertThat(refused).isGreaterThan(SEEDS / 10);
  }

  private void openAndCheck(Path file, int size) {
    Safetensors weights;
    try {
      weights = Safetensors.open(file);
    } catch (ModelFormatException e) {
      assertNamesFile(e, file);
      refused++;
      return;
    }
    accepted++;
    for (String name : weights.names()) {
      try {
        TensorRef tensor = weights.tensor(name);
        assertThat(tensor.offset()).isBetween(10L, (long) size);
        assertThat(tensor.offset() + tensor.bytes()).isLessThanOrEqualTo(size);
      } catch (ModelFormatException e) {
        assertNamesFile(e, file);
      }
    }
  }

  private static void assertNamesFile(ModelFormatException e, Path file) {
    assertThat(e.getMessage())
        .startsWith("Cannot load weights: ")
        .endsWith("(" + file + ")")
        .hasSizeLessThan(1000)
        .doesNotContain("\n");
  }

  private static byte[] original() {
    return LlamaFiles.safetensors(HEADER, 44);
  }
}
