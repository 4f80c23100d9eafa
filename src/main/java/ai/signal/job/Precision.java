package ai.signal.job;

import ai.signal.model.InstructionSet;
import java.nio.file.Path;
import java.util.Map;

/** The type that the base weights are computed in. */
enum Precision {
  /** bfloat16 where the processor multiplies it natively, else float32. */
  AUTO,
  FLOAT32,
  BFLOAT16,
  FLOAT16;

  /**
   * What {@code AUTO} means on this machine; everything else means itself.
   *
   * @param cpuinfo Linux's description of the processors
   */
  Precision resolve(Path cpuinfo) {
    if (this != AUTO) {
      return this;
    }
    return InstructionSet.of(cpuinfo, Map.of()).multipliesBfloat16() ? BFLOAT16 : FLOAT32;
  }
}
