package ai.signal.lora;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.model.DType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergedConfigTest {
  @TempDir Path folder;

  private JsonNode merged(String base, DType dtype) throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), base);
    return new ObjectMapper()
        .readTree(MergedConfig.of(file, Optional.ofNullable(dtype), false, false));
  }

  /** Both keys are read, so none may be left that says something else. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                               | {"torch_dtype": "bfloat16"}
          {"torch_dtype": "float32"}                       | {"torch_dtype": "bfloat16"}
          {"dtype": "float32"}                             | {"dtype": "bfloat16"}
          {"dtype": "float32", "torch_dtype": "float32"}   | {"dtype": "bfloat16", "torch_dtype": "bfloat16"}
          """)
  void dtype(String base, String expected) throws IOException {
    assertThat(merged(base, DType.BFLOAT16)).isEqualTo(new ObjectMapper().readTree(expected));
    assertThat(merged(base, null)).isEqualTo(new ObjectMapper().readTree(base));
  }

  /** Null and absent differ, numbers stay what they are, and so do keys that nobody knows. */
  @Test
  void theRestStays() throws IOException {
    String base =
        """
        {"rms_norm_eps": 1e-05, "rope_theta": 500000.0, "eos_token_id": null, "big": 12345678901234567890,
         "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "torch_dtype": "float32", "Ünknown": [1, "</s>"]}
        """;
    assertThat(merged(base, DType.FLOAT32)).isEqualTo(new ObjectMapper().readTree(base));
  }
}
