package ai.signal.cluster;

import ai.signal.monitor.GpuReading;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an executor tells the driver every few seconds.
 *
 * @param report what it is
 * @param counts of its replicas
 * @param gpus as their driver tells
 */
record ExecutorStatus(ExecutorReport report, Map<String, Double> counts, List<GpuReading> gpus) {
  ExecutorStatus {
    counts = Map.copyOf(counts);
    gpus = List.copyOf(gpus);
  }

  /** As metrics: what is not known has none. */
  Map<String, Double> metrics() {
    Map<String, Double> metrics = new TreeMap<>(counts);
    for (GpuReading gpu : gpus) {
      String prefix = "gpu." + gpu.index() + ".";
      metrics.put(prefix + "memory_used_mib", gpu.memoryUsedMib());
      metrics.put(prefix + "memory_total_mib", gpu.memoryTotalMib());
      metrics.put(prefix + "utilization_percent", gpu.utilizationPercent());
      metrics.put(prefix + "temperature_c", gpu.temperatureC());
      metrics.put(prefix + "power_w", gpu.powerW());
    }
    metrics.values().removeIf(value -> Double.isNaN(value));
    return metrics;
  }
}
