package ai.signal.model;

import ai.djl.ndarray.NDArray;

/**
 * One version of an adapter in native memory, shared by the calls of every thread. Its owner closes
 * it after the last of them.
 */
public final class NativeAdapter implements AutoCloseable {
  private final NDArray values; // [size] float32
  private final NDArray cast; // [size] compute dtype, opaque to Java
  private final long[] ranks;
  private final double scaling;
  private final Runnable release;

  NativeAdapter(NDArray values, NDArray cast, long[] ranks, double scaling, Runnable release) {
    this.values = values;
    this.cast = cast;
    this.ranks = ranks;
    this.scaling = scaling;
    this.release = release;
  }

  NDArray values() {
    return values;
  }

  NDArray cast() {
    return cast;
  }

  long[] ranks() {
    return ranks;
  }

  double scaling() {
    return scaling;
  }

  @Override
  public void close() {
    values.close();
    cast.close();
    release.run();
  }
}
