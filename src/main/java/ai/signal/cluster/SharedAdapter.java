package ai.signal.cluster;

import ai.signal.model.AdapterShape;
import ai.signal.model.ModelConfig;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A hold on one version of an adapter, which is on the executors for as long as anyone holds it:
 * the run whose current version it is, jobs that use it, clients that have pinned it. Thread-safe.
 */
public final class SharedAdapter implements AutoCloseable {
  private final AdapterRef ref;
  private final AtomicInteger holds;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SharedAdapter(AdapterRef ref, AtomicInteger holds) {
    this.ref = ref;
    this.holds = holds;
  }

  /**
   * Makes a version known to executors, which fetch it when a task of theirs asks for it.
   *
   * @param values of the adapter, in float32; not to be changed any more
   * @return the first hold on it
   */
  public static SharedAdapter broadcast(
      JavaSparkContext spark, String run, long version, AdapterShape shape, FloatBlocks values) {
    return new SharedAdapter(
        new AdapterRef(run, version, shape, spark.broadcast(values.blocks())),
        new AtomicInteger(1));
  }

  /**
   * No adapter: the base model alone.
   *
   * @param name unique
   */
  public static SharedAdapter none(JavaSparkContext spark, String name, ModelConfig model) {
    return broadcast(spark, name, 0, AdapterShape.none(model), FloatBlocks.zeros(0));
  }

  /** What tasks receive. */
  public AdapterRef ref() {
    return ref;
  }

  /**
   * Another hold on the same version, to be closed by whoever uses it.
   *
   * @throws IllegalStateException when nobody holds it any more
   */
  public SharedAdapter retain() {
    if (holds.getAndUpdate(n -> n == 0 ? 0 : n + 1) == 0) {
      throw new IllegalStateException(
          "Cannot use version %d of adapter %s: it is gone from the executors; hold it from before the step that replaces it"
              .formatted(ref.version(), ref.run()));
    }
    return new SharedAdapter(ref, holds);
  }

  /** The same for whoever uses this version for long, while its run goes on. */
  public SharedAdapter pin() {
    SharedAdapter held = retain();
    return new SharedAdapter(ref.pinned(), held.holds);
  }

  /** Ends this hold; the last one takes the version off the executors. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true) && holds.decrementAndGet() == 0) {
      ref.values().destroy();
    }
  }
}
