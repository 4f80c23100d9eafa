package ai.signal.cluster;

import java.util.Optional;
import org.apache.spark.SparkConf;

/** What YARN lets an executor use, as Spark asks for it. */
final class YarnContainer {
  private static final long LEAST_OVERHEAD_MIB = 384;

  private YarnContainer() {}

  /** Bytes of an executor's container; empty on other clusters. */
  static Optional<Long> bytes(SparkConf conf) {
    if (!conf.get("spark.master", "").startsWith("yarn")) {
      return Optional.empty();
    }
    long heap = conf.getSizeAsMb("spark.executor.memory", "1g");
    double factor = conf.getDouble("spark.executor.memoryOverheadFactor", 0.1);
    long usual = Math.max(LEAST_OVERHEAD_MIB, (long) (heap * factor));
    long overhead = conf.getSizeAsMb("spark.executor.memoryOverhead", usual + "m");
    long offHeap =
        conf.getBoolean("spark.memory.offHeap.enabled", false)
            ? conf.getSizeAsMb("spark.memory.offHeap.size", "0")
            : 0;
    return Optional.of((heap + overhead + offHeap) << 20);
  }
}
