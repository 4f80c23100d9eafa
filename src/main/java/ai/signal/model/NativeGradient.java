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

  /** The sum so far, [size], where it lies: valid while the gradient's scope is open. */
  public FloatBuffer values() {
    return sum.toByteBuffer(true).asFloatBuffer();
  }

  /** A copy of the sum so far, [size]. */
  public float[] toArray() {
    FloatBuffer values = values();
    float[] array = new float[values.remaining()];
    values.get(array);
    return array;
  }
}
