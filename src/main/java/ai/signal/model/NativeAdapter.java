package ai.signal.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * One version of an adapter in native memory, shared by the calls of every thread. Its owner closes
 * it after the last of them.
 */
public final class NativeAdapter implements AutoCloseable {
  private final AdapterShape shape;
  private final NDList parts; // what the program's `adapter` returned; opaque to Java
  private final Runnable release;

  NativeAdapter(AdapterShape shape, NDList parts, Runnable release) {
    this.shape = shape;
    this.parts = parts;
    this.release = release;
  }

  AdapterShape shape() {
    return shape;
  }

  /** Factors of all modules in float32. */
  NDArray values() {
    return parts.get(0);
  }

  /** The same for calls without a gradient. */
  NDArray cast() {
    return parts.get(1);
  }

  /** Embedding, head and score head, each empty where the adapter has none, and norms. */
  NDList others() {
    return parts.subNDList(2);
  }

  @Override
  public void close() {
    parts.close();
    release.run();
  }
}
