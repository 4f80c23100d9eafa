package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstructionSetTest {
  @TempDir Path directory;

  @Test
  void namesWhatChoosesKernelsInAFixedOrder() throws IOException {
    assertThat(
            read(
                """
                processor\t: 0
                vendor_id\t: AuthenticAMD
                flags\t\t: fpu avx512_bf16 sse4_2 avx512f avx2 avx512vl
                vendor_id\t: GenuineIntel
                """))
        .hasToString("AuthenticAMD avx2 avx512f avx512_bf16");
    assertThat(read("vendor_id : GenuineIntel\nflags : sse4_2\nbugs : avx2\n"))
        .hasToString("GenuineIntel");
  }

  @Test
  void aSettingThatOverrulesTheProcessorIsPartOfIt() throws IOException {
    Path cpuinfo = Files.writeString(directory.resolve("cpuinfo"), "vendor_id : X\nflags : avx2\n");
    assertThat(InstructionSet.of(cpuinfo, Map.of("ATEN_CPU_CAPABILITY", "default", "PATH", "/")))
        .hasToString("X avx2 ATEN_CPU_CAPABILITY=default");
  }

  @Test
  void amxAndAvx512MultiplyBfloat16() throws IOException {
    assertThat(read("flags : avx2 amx_bf16\n").multipliesBfloat16()).isTrue();
    assertThat(read("flags : avx512f avx512_bf16\n").multipliesBfloat16()).isTrue();
    assertThat(read("flags : avx2 avx512f amx_tile\n").multipliesBfloat16()).isFalse();
  }

  @Test
  void aSystemWithoutThatFileHasTheNameOfItsArchitecture() {
    assertThat(InstructionSet.of(directory.resolve("none"), Map.of()))
        .hasToString(System.getProperty("os.arch"));
  }

  private InstructionSet read(String cpuinfo) throws IOException {
    return InstructionSet.of(Files.writeString(directory.resolve("cpuinfo"), cpuinfo), Map.of());
  }
}
