package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CudaDeviceTest {
  @ParameterizedTest
  @CsvSource({
    "0, , 0",
    "3, , 3",
    "2, '2', 0",
    "2, '0, 1,2,3 ', 2",
    "GPU-aa, 'GPU-bb,GPU-aa', 1",
  })
  void aPlaceAmongTheVisible(String address, String visible, int index) {
    assertThat(CudaDevice.index(address, visible)).isEqualTo(index);
  }

  @ParameterizedTest
  @CsvSource({"GPU-aa, ", "1, '0,2'", "0, ''", "-1, "})
  void whatIsNotVisible(String address, String visible) {
    assertThatThrownBy(() -> CudaDevice.index(address, visible))
        .hasMessageContaining("Cannot find GPU " + address)
        .hasMessageContaining("CUDA_VISIBLE_DEVICES");
  }

  @Test
  void aLibtorchForCpusSaysSo() {
    assertThat(CudaDevice.error("0"))
        .startsWith("libtorch does not open it: ")
        .contains("PYTORCH_FLAVOR")
        .hasLineCount(1);
  }
}
