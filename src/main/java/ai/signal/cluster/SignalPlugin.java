package ai.signal.cluster;

import ai.signal.monitor.GpuReading;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * What {@code spark.plugins=ai.signal.cluster.SignalPlugin} installs: every executor tells the
 * driver what it is and how it does, both show it as Spark metrics, and base models are closed with
 * the executor. Signal trains without it too.
 */
public final class SignalPlugin implements SparkPlugin {
  /** The GPUs of an application, as executors told last; none where the plugin is not installed. */
  public static List<GpuReading> gpus(SparkContext spark) {
    return ExecutorRegistry.of(spark).map(ExecutorRegistry::gpus).orElse(List.of());
  }

  @Override
  public DriverPlugin driverPlugin() {
    return new DriverSide();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorSide();
  }
}
