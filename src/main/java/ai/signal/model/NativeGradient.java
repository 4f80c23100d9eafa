package ai.signal.model;

import ai.djl.ndarray.NDArray;
import java.nio.FloatBuffer;

/**
 * A flat float32 gradient that micro-batches add up in native memory; one copy leaves at the end.
 */
public final class NativeGradient {
  private final NDArray sum; // [size] float32

  NativeGradient(NDArray sum) {
    this.sum = sum;
  }

  NDArray sum() {
    return sum;
  }

  /** The sum so far, [size]. */
  public float[] toArray() {
    FloatBuffer values = sum.toByteBuffer(true).asFloatBuffer();
    float[] array = new float[values.remaining()];
    values.get(array);
    return array;
  }
}
