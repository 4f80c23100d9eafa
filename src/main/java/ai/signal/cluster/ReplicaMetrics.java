package ai.signal.cluster;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what the replicas of this JVM do, since it started. */
public final class ReplicaMetrics {
  private static final AtomicLong LOADS = new AtomicLong();
  private static final AtomicLong LOADED = new AtomicLong();
  private static final AtomicLong TOKENS = new AtomicLong();

  private ReplicaMetrics() {}

  static void replicaLoaded() {
    LOADS.incrementAndGet();
    LOADED.incrementAndGet();
  }

  static void replicaClosed() {
    LOADED.decrementAndGet();
  }

  /** A lane has computed that many tokens. */
  public static void tokensComputed(long tokens) {
    TOKENS.addAndGet(tokens);
  }

  static long tokens() {
    return TOKENS.get();
  }

  /** The counts by their names as metrics; {@code replicas} are those that are in memory now. */
  static Map<String, Double> values() {
    return Map.of(
        "replica_loads", LOADS.doubleValue(),
        "replicas", LOADED.doubleValue(),
        "tokens", TOKENS.doubleValue());
  }
}
