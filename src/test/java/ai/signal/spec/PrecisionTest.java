package ai.signal.spec;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.cluster.ComputeDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrecisionTest {
  @TempDir Path directory;

  @Test
  void autoIsBfloat16OnlyWhereTheProcessorMultipliesIt() throws IOException {
    assertThat(auto("flags\t\t: fpu avx2 avx512f avx512_bf16 amx_tile"))
        .isEqualTo(Precision.BFLOAT16);
    assertThat(auto("flags : avx2 amx_bf16")).isEqualTo(Precision.BFLOAT16);
    assertThat(auto("flags : avx2 avx512f\nbugs : avx512_bf16")).isEqualTo(Precision.FLOAT32);
    assertThat(Precision.AUTO.resolve(ComputeDevice.CPU, directory.resolve("none")))
        .isEqualTo(Precision.FLOAT32);
  }

  @Test
  void bfloat16OnGpus() {
    assertThat(Precision.AUTO.resolve(ComputeDevice.GPU, directory.resolve("none")))
        .isEqualTo(Precision.BFLOAT16);
  }

  @Test
  void aChosenTypeStays() {
    assertThat(Precision.FLOAT16.resolve(ComputeDevice.CPU, directory))
        .isEqualTo(Precision.FLOAT16);
  }

  private Precision auto(String cpuinfo) throws IOException {
    Path file = Files.writeString(directory.resolve("cpuinfo"), "processor : 0\n" + cpuinfo + "\n");
    return Precision.AUTO.resolve(ComputeDevice.CPU, file);
  }
}
