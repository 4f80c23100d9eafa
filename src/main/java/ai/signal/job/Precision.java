package ai.signal.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The type that the base weights are computed in. */
enum Precision {
  /** bfloat16 where the processor multiplies it natively, else float32. */
  AUTO,
  FLOAT32,
  BFLOAT16,
  FLOAT16;

  private static final List<String> NATIVE_BFLOAT16 = List.of("avx512_bf16", "amx_bf16");

  /**
   * What {@code AUTO} means on this machine; everything else means itself.
   *
   * @param cpuinfo Linux's description of the processors
   */
  Precision resolve(Path cpuinfo) {
    if (this != AUTO) {
      return this;
    }
    try (var lines = Files.lines(cpuinfo)) {
      boolean fast =
          lines
              .filter(line -> line.startsWith("flags"))
              .findFirst()
              .map(line -> Arrays.asList(line.split("\\s+")))
              .filter(flags -> NATIVE_BFLOAT16.stream().anyMatch(flags::contains))
              .isPresent();
      return fast ? BFLOAT16 : FLOAT32;
    } catch (IOException e) {
      return FLOAT32;
    }
  }
}
