package ai.signal.cluster;

import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;

/** The driver's half of the plugin: keeps what executors tell, and shows it as metrics. */
final class DriverSide implements DriverPlugin {
  private ExecutorRegistry executors;
  private Gauges gauges;

  @Override
  public Map<String, String> init(SparkContext spark, PluginContext context) {
    executors = ExecutorRegistry.open(spark);
    gauges = new Gauges(context.metricRegistry());
    return Map.of();
  }

  @Override
  public void registerMetrics(String appId, PluginContext context) {
    gauges.show(executors.metrics()); // a registry that is empty now would never be shown
  }

  @Override
  public Object receive(Object message) {
    String text = (String) message;
    if (TaskMail.isMail(text)) {
      TaskMail.deliver(text);
      return null;
    }
    executors.update(Wire.read(text, ExecutorStatus.class));
    gauges.show(executors.metrics());
    return null;
  }

  @Override
  public void shutdown() {
    executors.close();
  }
}
