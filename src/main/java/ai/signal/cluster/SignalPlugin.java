package ai.signal.cluster;

import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * What {@code spark.plugins=ai.signal.cluster.SignalPlugin} installs: every executor tells the
 * driver what it is and how it does, both show it as Spark metrics, and base models are closed with
 * the executor. Signal trains without it too.
 */
public final class SignalPlugin implements SparkPlugin {
  @Override
  public DriverPlugin driverPlugin() {
    return new DriverSide();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorSide();
  }
}
