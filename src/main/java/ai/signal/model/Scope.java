package ai.signal.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.DoubleBuffer;
import java.nio.LongBuffer;

/**
 * What one thread computes in: the tensors it makes, freed together on close, and the number of
 * intra-op threads of its native calls. Belongs to one thread.
 */
public final class Scope implements AutoCloseable {
  private final NDManager manager;
  private final int threads;

  Scope(NDManager parent, int threads) {
    this.manager = parent.newSubManager();
    this.threads = threads;
  }

  /** A scope inside this one, for a micro-batch. */
  public Scope inner() {
    return new Scope(manager, threads);
  }

  NDManager manager() {
    return manager;
  }

  /**
   * Both settings belong to the thread, and another scope may have left others: set before every
   * call.
   */
  void enter(boolean gradient) {
    JniUtils.setNumThreads(threads);
    JniUtils.setGradMode(gradient);
  }

  NDArray tensor(long value) {
    return manager.create(value);
  }

  NDArray tensor(long[] values, long... shape) {
    return manager.create(LongBuffer.wrap(values), new Shape(shape), DataType.INT64);
  }

  NDArray tensor(double... values) {
    return manager.create(DoubleBuffer.wrap(values), new Shape(values.length), DataType.FLOAT64);
  }

  @Override
  public void close() {
    manager.close();
  }
}
