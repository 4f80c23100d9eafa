package ai.signal.cluster;

/** Where lanes compute. */
public enum ComputeDevice {
  /** On GPUs where Spark offers them, else on the CPU. */
  AUTO,
  CPU,
  GPU
}
