package ai.signal.train;

import ai.signal.cluster.AdapterRef;
import ai.signal.cluster.FloatBlocks;
import ai.signal.cluster.SharedAdapter;
import ai.signal.model.AdapterShape;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The adapter that a training began with, kept on the driver and on the executors for as long as
 * losses compare with it ({@link Reference#START}). Not thread-safe.
 */
final class ReferenceAdapter implements AutoCloseable {
  private final JavaSparkContext spark;
  private final AdapterShape shape;
  private RunState.Start start = RunState.Start.UNKNOWN;
  private SharedAdapter shared; // null until something asks for it

  ReferenceAdapter(JavaSparkContext spark, AdapterShape shape) {
    this.spark = spark;
    this.shape = shape;
  }

  RunState.Start start() {
    return start;
  }

  void set(RunState.Start next) {
    close();
    start = next;
  }

  /** Returns what tasks receive; null: the base model alone. */
  AdapterRef ref() {
    if (start.values().length == 0) {
      return null;
    }
    if (shared == null) {
      FloatBlocks blocks = FloatBlocks.zeros(start.values().length);
      blocks.put(start.values(), 0, start.values().length);
      String name = "reference-" + UUID.randomUUID();
      shared = SharedAdapter.broadcast(spark, name, 0, shape, blocks);
    }
    return shared.ref();
  }

  @Override
  public void close() {
    if (shared != null) {
      shared.close();
      shared = null;
    }
  }
}
