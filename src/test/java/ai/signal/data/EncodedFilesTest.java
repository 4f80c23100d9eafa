package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Files whose content is not their bytes give what plain UTF-8 gives. */
@ExtendWith(SparkExtension.class)
class EncodedFilesTest {
  private static final String LINES =
      """
      {"prompt": "Wo ist Käthe?", "completion": " da 😀"}

      {"prompt": "b", "completion": "c"}
      {"prompt": "d", "completion": "e"}""";

  @TempDir private Path directory;

  @BeforeEach
  void writeModel() throws IOException {
    ByteTokenizer.write(directory.resolve("model"), true);
  }

  @Test
  void linesOfEachCompressionAndEncodingAreTheSame(SparkSession spark) throws Exception {
    List<String> expected = content(spark, "a.jsonl", bytes(LINES));
    Map<String, byte[]> files = new TreeMap<>();
    files.put("a.jsonl.gz", compressed("gz", LINES));
    files.put("a.jsonl.bz2", compressed("bzip2", LINES));
    files.put("a.jsonl.zst", compressed("zstd", LINES));
    files.put("a.jsonl.xz", compressed("xz", LINES));
    files.put("unnamed.jsonl", compressed("gz", LINES));
    files.put("plain.jsonl.gz", bytes(LINES));
    files.put("little.jsonl", utf16(LINES, true));
    files.put("big.jsonl", utf16(LINES, false));
    files.put("both.jsonl.gz", compressed("gz", utf16(LINES, true)));
    // Of two members, as `cat a.gz b.gz` writes them.
    int half = LINES.indexOf("\n\n");
    files.put(
        "members.jsonl.gz",
        joined(
            compressed("gz", LINES.substring(0, half)), compressed("gz", LINES.substring(half))));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      assertThat(content(spark, file.getKey(), file.getValue()))
          .as(file.getKey())
          .isEqualTo(expected);
    }
  }

  @Test
  void otherSourcesToo(SparkSession spark) throws Exception {
    String array = "[" + LINES.replace("\n\n", "\n").replace("\n", ",\n") + "]";
    assertThat(content(spark, "a.json.xz", compressed("xz", array)))
        .isEqualTo(content(spark, "a.json", bytes(array)));
    String csv = "prompt,completion\nKäthe,da 😀\nb,\"c\nd\"\n";
    List<String> expected = content(spark, "a.csv", bytes(csv));
    assertThat(content(spark, "a.csv.gz", compressed("gz", csv))).isEqualTo(expected);
    assertThat(content(spark, "a.csv.bz2", compressed("bzip2", csv))).isEqualTo(expected);
    assertThat(content(spark, "b.csv", utf16(csv, true))).isEqualTo(expected);
    assertThat(content(spark, "b.tsv", utf16(csv.replace(',', '\t'), false))).isEqualTo(expected);
  }

  @Test
  void plainAndEncodedFilesOfOneDataSet(SparkSession spark) throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    Files.write(data.resolve("1.jsonl"), bytes(LINES));
    Files.write(data.resolve("2.jsonl"), bytes(LINES));
    Files.write(data.resolve("3.jsonl"), bytes(LINES));
    List<String> expected = examples(prepare(spark, data, BadRecords.FAIL));
    Files.delete(data.resolve("2.jsonl"));
    Files.write(data.resolve("2.jsonl.zst"), compressed("zstd", LINES));
    assertThat(examples(prepare(spark, data, BadRecords.FAIL))).isEqualTo(expected);
    Files.write(data.resolve("2.jsonl.zst"), compressed("zstd", LINES + "\nnonsense"));
    assertThatThrownBy(() -> prepare(spark, data, BadRecords.FAIL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("2.jsonl.zst line 5: invalid JSON");
  }

  @Test
  void whatIsNoCharacterMakesOneRecordBad(SparkSession spark) throws Exception {
    String half =
        "{\"text\": \"a\"}\n{\"text\": \"\ud83d\"}\n{\"text\": \"\udc00b\"}\n{\"text\": \"c\"}";
    for (boolean little : List.of(true, false)) {
      byte[] odd = joined(utf16(half, little), new byte[] {'\n'});
      Path file = Files.write(directory.resolve("half.jsonl"), odd);
      LaneDataset data = prepare(spark, file, BadRecords.SKIP);
      assertThat(data.examples()).isEqualTo(1);
      assertThat(data.leftOut().records()).isEqualTo(3); // the last one has half of a unit
      assertThat(data.leftOut().first()).contains("half.jsonl line 2: not UTF-8");
    }
  }

  @Test
  void aRecordLongerThanTheLimitIsBad(SparkSession spark) throws Exception {
    Path file = directory.resolve("long.jsonl");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(bytes("{\"text\": \"a\"}\n"));
      byte[] block = new byte[1 << 20];
      Arrays.fill(block, (byte) ' ');
      block[0] = '"';
      for (int i = 0; i <= Line.MOST_BYTES / block.length; i++) {
        out.write(block);
      }
      out.write(bytes("\n{\"text\": \"b\"}\n"));
    }
    LaneDataset data = prepare(spark, file, BadRecords.SKIP);
    assertThat(data.examples()).isEqualTo(2);
    assertThat(data.leftOut().first())
        .endsWith("long.jsonl line 2: it has more than 67,108,864 bytes");
  }

  @Test
  void whatIsNotReadIsNamed(SparkSession spark) throws Exception {
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(zip)) {
      out.putNextEntry(new ZipEntry("a.jsonl"));
      out.write(bytes(LINES));
    }
    byte[] tar = new byte[1024];
    System.arraycopy(bytes("a.jsonl"), 0, tar, 0, 7);
    System.arraycopy(bytes("ustar"), 0, tar, 257, 5);
    byte[] unmarked = LINES.getBytes(StandardCharsets.UTF_16LE);
    byte[] damaged = compressed("gz", LINES.repeat(2000));
    refused(spark, "a.jsonl.zip", zip.toByteArray(), "it is compressed as zip, which is not read");
    refused(spark, "a.jsonl", zip.toByteArray(), "it is compressed as zip, which is not read");
    refused(spark, "a.tar.gz", compressed("gz", tar), "it is a tar archive; convert it first: tar");
    refused(spark, "zeros.jsonl", new byte[5000], "it is no text: it begins with 5,000 bytes of 0");
    refused(spark, "b.jsonl", unmarked, "it is UTF-16 without a byte order mark");
    refused(
        spark,
        "c.jsonl",
        joined(
            new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 0},
            LINES.getBytes(Charset.forName("UTF-32LE"))),
        "it is UTF-32");
    refused(spark, "a.csv.zst", compressed("zstd", "text\na\n"), "it is CSV compressed as zstd");
    refused(spark, "d.csv", compressed("gz", "text\na\n"), "it is CSV compressed as gzip");
    refused(spark, "e.jsonl.gz", Arrays.copyOf(damaged, damaged.length - 9), "e.jsonl.gz: ");
  }

  private void refused(SparkSession spark, String name, byte[] bytes, String reason)
      throws IOException {
    Path file = Files.write(directory.resolve(name), bytes);
    assertThatThrownBy(() -> prepare(spark, file, BadRecords.SKIP))
        .as(name)
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("Cannot read ")
        .hasMessageContaining(name)
        .hasMessageContaining(reason);
  }

  private List<String> content(SparkSession spark, String name, byte[] bytes) throws IOException {
    return examples(prepare(spark, Files.write(directory.resolve(name), bytes), BadRecords.FAIL));
  }

  /** With what identifies an example in its file. */
  private static List<String> examples(LaneDataset data) {
    return Fixtures.examples(data).get(0).stream()
        .map(
            example ->
                example.id().replaceAll(".*@", "@")
                    + Arrays.toString(example.tokens())
                    + Arrays.toString(example.targetTokens())
                    + Arrays.toString(example.weights()))
        .toList();
  }

  private LaneDataset prepare(SparkSession spark, Path data, BadRecords use) {
    return LaneDataset.prepare(
        spark,
        new DataSpec(List.of(data.toString()), DataFormat.AUTO, 64).on(use),
        directory.resolve("model").toString(),
        1,
        directory.resolve("out").toString());
  }

  private static byte[] compressed(String format, String text)
      throws IOException, CompressorException {
    return compressed(format, bytes(text));
  }

  private static byte[] compressed(String name, byte[] content)
      throws IOException, CompressorException {
    String format = name.equals("zstd") ? CompressorStreamFactory.ZSTANDARD : name;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        new CompressorStreamFactory().createCompressorOutputStream(format, bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  /** Java's encoder would replace half of a surrogate pair. */
  private static byte[] utf16(String text, boolean little) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * text.length() + 2);
    bytes.order(little ? java.nio.ByteOrder.LITTLE_ENDIAN : java.nio.ByteOrder.BIG_ENDIAN);
    bytes.putChar('\uFEFF');
    text.chars().forEach(unit -> bytes.putChar((char) unit));
    return bytes.array();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
