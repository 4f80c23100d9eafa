package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void file() {
    file = directory.resolve("model.safetensors");
  }

  @Test
  void placesOfTensors() {
    String header =
        """
        {"__metadata__": {"format": "pt"},
         "b": {"dtype": "BF16", "shape": [3], "data_offsets": [24, 30]},
         "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
         "empty": {"dtype": "F16", "shape": [0, 5], "data_offsets": [30, 30]},
         "scalar": {"dtype": "F16", "shape": [], "data_offsets": [30, 32]},
         "steps": {"dtype": "I64", "shape": [1], "data_offsets": [32, 40]}}
        """;
    long values = Long.BYTES + (long) header.length();

    Safetensors weights = open(header, 40);

    assertThat(weights.names()).containsExactly("b", "a", "empty", "scalar", "steps");
    assertThat(weights.tensor("a"))
        .isEqualTo(new TensorRef("a", file, DType.FLOAT32, List.of(2L, 3L), values));
    assertThat(weights.tensor("b"))
        .isEqualTo(new TensorRef("b", file, DType.BFLOAT16, List.of(3L), values + 24));
    assertThat(weights.tensor("empty").elements()).isZero();
    assertThat(weights.tensor("scalar"))
        .returns(values + 30, TensorRef::offset)
        .returns(1L, TensorRef::elements)
        .returns(2L, TensorRef::bytes);
    assertThatThrownBy(() -> weights.tensor("steps"))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(
            "Cannot load weights: tensor 'steps' is of dtype I64; supported are F32, F16 and BF16 ("
                + file
                + ")");
    assertThatThrownBy(() -> weights.tensor("c")).hasMessageContaining("there is no tensor 'c'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"F32\", [2], [0, 8] | \"F32\", [2], [4, 12] | tensor 'b' at [4, 12] overlaps the tensor before it, which ends at 8",
        "\"F32\", [2], [0, 8] | \"F32\", [2], [0, 8] | overlaps the tensor before it",
        "\"F32\", [2], [0, 8] | \"F32\", [1], [12, 16] | tensor 'b' at [12, 16] leaves a hole before it, which ends at 8",
        "\"F32\", [2], [4, 12] | \"F32\", [1], [12, 16] | tensor 'a' at [4, 12] leaves a hole before it, which ends at 0",
        "\"F32\", [2], [0, 8] | \"F32\", [4], [8, 24] | tensor 'b' at [8, 24] reaches beyond the 16 bytes of values; download it again",
        "\"F32\", [1], [0, 4] | \"F32\", [2], [4, 12] | the tensors take 12 of the 16 bytes of values",
        "\"F32\", [2], [0, 8] | \"F32\", [3], [8, 16] | tensor 'b' has data_offsets [8, 16], but F32 [3] takes 96 bits",
        "\"F32\", [2], [0, 8] | \"F4\", [1], [8, 8] | tensor 'b' has data_offsets [8, 8], but F4 [1] takes 4 bits",
        "\"F32\", [2], [0, 8] | \"F32\", [-2], [8, 16] | tensor 'b' has shape [-2]",
        "\"F32\", [2], [0, 8] | \"F32\", [2], [16, 8] | tensor 'b' has data_offsets [16, 8]",
        "\"F32\", [2], [0, 8] | \"F32\", [2], [-8, 0] | tensor 'b' has data_offsets [-8, 0]",
        "\"F32\", [2], [0, 8] | \"F32\", [4294967296, 4294967296], [8, 16] | tensor 'b' has shape [4294967296, 4294967296], more than any file holds",
        "\"F32\", [2], [0, 8] | \"F32\", [18446744073709551616], [8, 16] | tensor 'b' has the size '18446744073709551616'",
        "\"F32\", [2], [0, 8] | \"F32\", [2.0], [8, 16] | tensor 'b' needs a list of integers where the header has a number",
        "\"F32\", [2], [0, 8] | \"F32\", [[2]], [8, 16] | tensor 'b' needs a list of integers",
        "\"F32\", [2], [0, 8] | \"F32\", [2], [8] | tensor 'b' needs 'dtype', 'shape' and two 'data_offsets'",
        "\"F32\", [2], [0, 8] | \"F32\", [2], [8, 16], \"x\": 1 | tensor 'b' has an unknown key 'x'",
        "\"F32\", [2], [0, 8] | \"F33\", [2], [8, 16] | tensor 'b' is of unknown dtype 'F33'",
        "\"F32\", [2], [0, 8] | null, [2], [8, 16] | tensor 'b' needs a string",
        "\"F32\", [2], [0, 8] | \"F32\", [2], [8, 16], \"shape\": [2] | Duplicate field 'shape'",
        "\"F32\", [2], [0, 8] | \"F32\", [2], [8, 16]}, \"a\": {} | Duplicate field 'a'",
      })
  void contradictions(String a, String b, String expected) {
    assertRefused("{\"a\": " + entry(a) + ", \"b\": " + entry(b) + "}", 16, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | the header needs an object where the header has a list",
        "{} {} | goes on after its JSON object",
        "{ | is not valid JSON",
        "`` | it begins with zeros and has no header; download it again",
        "{\"a\": 5} | tensor 'a' needs an object",
        "{\"__metadata__\": {\"format\": 5}} | '__metadata__' needs a string",
        "{\"__metadata__\": {}, \"__metadata__\": {}} | Duplicate field '__metadata__'",
        "{'a': {}} | is not valid JSON",
        "{/**/} | is not valid JSON",
      })
  void headersThatAreNoDirectory(String header, String expected) {
    assertRefused(header, 0, expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_001, 3})
  void absurdHeaderLengths(long length) {
    byte[] content = LlamaFiles.safetensors("{}", 0);
    ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    LlamaFiles.bytes(file, content);

    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(
            "the header claims " + Long.toUnsignedString(length) + " bytes of the 2 that follow");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<!DOCTYPE html><html> | it is a web page, not a safetensors file; download it again",
        "Access denied | it is text, not a safetensors file; download it again",
        "{\"error\": \"no\"} | it is text, not a safetensors file; download it again",
        "0 | it begins with zeros and has no header; download it again"
      })
  void downloadsThatFailed(String content, String expected) throws IOException {
    if (content.equals("0")) {
      try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
        sparse.setLength(1_000_000); // as a download that reserves its room leaves it
      }
    } else {
      Files.writeString(file, content);
    }
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage("Cannot load weights: " + expected + " (" + file + ")");
  }

  @Test
  void headerAboveTheLimitOfTheFormat() throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(100_000_001).array());
      sparse.setLength(200_000_000);
    }

    assertThatThrownBy(() -> Safetensors.open(file))
        .hasMessageContaining("at most 100000000 are read");
  }

  @Test
  void headerThatIsNotUtf8() {
    byte[] content = LlamaFiles.safetensors("{\"a\":1}", 0);
    content[10] = (byte) 0xFF;
    LlamaFiles.bytes(file, content);

    assertThatThrownBy(() -> Safetensors.open(file))
        .hasMessageContaining("the header is not UTF-8 text");
  }

  @Test
  void filesThatAreNone() {
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("cannot be read")
        .hasMessageContaining(file.toString());
    assertThatThrownBy(() -> Safetensors.open(directory)).isInstanceOf(ModelFormatException.class);
    LlamaFiles.bytes(file, new byte[7]);
    assertThatThrownBy(() -> Safetensors.open(file))
        .hasMessageContaining("7 bytes, too few for a header");
  }

  @Test
  void hostileNamesDoNotSpoilMessages() {
    String name = "\\u001b[31m\\n" + "x".repeat(5000);

    assertThatThrownBy(() -> open("{\"" + name + "\": 1}", 0))
        .hasMessageStartingWith("Cannot load weights: tensor '?[31m?xxx")
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(400));
    assertThatThrownBy(() -> open("{\"" + name + "\": {}, \"" + name + "\": {}}", 0))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(900).doesNotContain("\n"));
  }

  private void assertRefused(String header, int valueBytes, String expected) {
    assertThatThrownBy(() -> open(header, valueBytes))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("Cannot load weights: ")
        .hasMessageContaining(expected)
        .hasMessageEndingWith("(" + file + ")");
  }

  private Safetensors open(String header, int valueBytes) {
    return Safetensors.open(LlamaFiles.bytes(file, LlamaFiles.safetensors(header, valueBytes)));
  }

  private static String entry(String fields) {
    return "{\"dtype\": "
        + fields
            .replaceFirst(", \\[", ", \"shape\": [")
            .replaceFirst("], \\[", "], \"data_offsets\": [")
        + "}";
  }
}
