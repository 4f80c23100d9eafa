package ai.signal.job;

/** The type that the base weights are computed in. */
enum Precision {
  /** bfloat16 where the processor multiplies it natively, else float32. */
  AUTO,
  FLOAT32,
  BFLOAT16,
  FLOAT16
}
