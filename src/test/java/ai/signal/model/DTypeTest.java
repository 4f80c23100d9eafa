package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DTypeTest {
  @ParameterizedTest
  @CsvSource({"float32, F32, 6, 4", "bfloat16, BF16, 15, 2", "float16, F16, 5, 2"})
  void namesAndCodes(String spec, String safetensors, int torchCode, int bytes) {
    DType type = DType.ofSpec(spec);

    assertThat(DType.ofSafetensors(safetensors)).contains(type);
    assertThat(type.specName()).isEqualTo(spec);
    assertThat(type.torchCode()).isEqualTo(torchCode);
    assertThat(type.bytes()).isEqualTo(bytes);
  }

  @Test
  void unknownNames() {
    assertThat(DType.ofSafetensors("I64")).isEmpty();
    assertThatThrownBy(() -> DType.ofSpec("F32"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Unknown dtype 'F32', allowed: float32, bfloat16, float16");
  }
}
