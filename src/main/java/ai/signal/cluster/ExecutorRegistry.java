package ai.signal.cluster;

import ai.signal.monitor.GpuReading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the executors of an application have told its driver. */
final class ExecutorRegistry extends SparkListener {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorRegistry.class);
  private static final Map<SparkContext, ExecutorRegistry> ALL = new ConcurrentHashMap<>();

  /** Spark counts executors up from 0; in local mode the only one is called driver. */
  static final Comparator<String> BY_ID =
      Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

  private final Set<String> present = new TreeSet<>(BY_ID);
  private final Set<String> gone = new HashSet<>();
  private final Map<String, ExecutorStatus> latest = new TreeMap<>(BY_ID);
  private boolean inUse;

  /** That of an application; empty where the plugin is not installed. */
  static Optional<ExecutorRegistry> of(SparkContext spark) {
    return Optional.ofNullable(ALL.get(spark));
  }

  static ExecutorRegistry open(SparkContext spark) {
    ExecutorRegistry registry = new ExecutorRegistry();
    spark.addSparkListener(registry);
    ALL.put(spark, registry);
    return registry;
  }

  void close() {
    ALL.values().remove(this);
  }

  @Override
  public synchronized void onExecutorAdded(SparkListenerExecutorAdded event) {
    present.add(event.executorId());
    notifyAll();
  }

  @Override
  public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    gone.add(event.executorId());
    present.remove(event.executorId());
    latest.remove(event.executorId());
    notifyAll();
  }

  /** Takes what an executor tells. */
  synchronized void update(ExecutorStatus status) {
    String executor = status.report().executor();
    if (gone.contains(executor)) {
      return; // its last words came late
    }
    if (latest.put(executor, status) == null && inUse) {
      LOG.info("Joined: {}", new ClusterReport(List.of(status.report())).lines().get(0));
    }
    notifyAll();
  }

  /** Everything as metrics, under the executor's id. */
  synchronized Map<String, Double> metrics() {
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("executors", (double) latest.size());
    latest.forEach(
        (executor, status) ->
            status
                .metrics()
                .forEach((name, value) -> metrics.put("executor." + executor + "." + name, value)));
    return metrics;
  }

  synchronized List<GpuReading> gpus() {
    List<GpuReading> gpus = new ArrayList<>();
    latest.values().forEach(status -> gpus.addAll(status.gpus()));
    return gpus;
  }

  /**
   * Reports of the executors that are there, as soon as each has told; of those that have, when the
   * time is over.
   */
  synchronized List<ExecutorReport> reports(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    try {
      while (!latest.keySet().containsAll(present)) {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          LOG.warn("No report from executors {} for {} s", missing(), patience.toSeconds());
          break;
        }
        wait(millis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    inUse = true; // from now on an executor joins what has begun
    return latest.values().stream().map(ExecutorStatus::report).toList();
  }

  private Set<String> missing() {
    Set<String> missing = new TreeSet<>(present);
    missing.removeAll(latest.keySet());
    return missing;
  }
}
