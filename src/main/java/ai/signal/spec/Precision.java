package ai.signal.spec;

import ai.signal.cluster.ComputeDevice;
import ai.signal.model.InstructionSet;
import java.nio.file.Path;
import java.util.Map;

/** The type that the base weights are computed in. */
public enum Precision {
  /** bfloat16 on GPUs and where the processor multiplies it natively, else float32. */
  AUTO,
  FLOAT32,
  BFLOAT16,
  FLOAT16;

  /**
   * What {@code AUTO} means on this machine; everything else means itself.
   *
   * @param device that computes
   * @param cpuinfo Linux's description of the processors
   */
  public Precision resolve(ComputeDevice device, Path cpuinfo) {
    if (this != AUTO) {
      return this;
    }
    boolean gpu = device == ComputeDevice.GPU;
    return gpu || InstructionSet.of(cpuinfo, Map.of()).multipliesBfloat16() ? BFLOAT16 : FLOAT32;
  }
}
