package ai.signal.cluster;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executor's half of the plugin. All that takes time or can fail, such as the native engine, is
 * done on a thread of its own: what is thrown while a plugin starts kills the executor.
 */
final class ExecutorSide implements ExecutorPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorSide.class);
  private static final long PERIOD_SECONDS = 10;

  private final CountDownLatch stopped = new CountDownLatch(1);
  private PluginContext context;
  private List<String> addresses;
  private GpuMonitor gpus;
  private Gauges gauges;
  private long tokens;
  private long nanoTime;

  @Override
  public void init(PluginContext plugin, Map<String, String> fromDriver) {
    context = plugin;
    TaskMail.connect(plugin);
    addresses = TaskGpus.addresses(plugin.resources().get("gpu"));
    gpus = new GpuMonitor(plugin.conf(), plugin.executorID(), addresses);
    gauges = new Gauges(plugin.metricRegistry());
    tokens = ReplicaMetrics.tokens();
    nanoTime = System.nanoTime();
    gauges.show(ReplicaMetrics.values()); // a registry that is empty now would never be shown
    Thread monitor = new Thread(this::tellAgainAndAgain, "signal-monitor");
    monitor.setDaemon(true);
    monitor.start();
  }

  private void tellAgainAndAgain() {
    try {
      do {
        tell();
      } while (!stopped.await(PERIOD_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the JVM's end
    }
  }

  private void tell() {
    try {
      ExecutorReport report =
          ExecutorReport.of(context.executorID(), host(), addresses, context.conf());
      ExecutorStatus status = new ExecutorStatus(report, counts(), gpus.read());
      gauges.show(status.metrics());
      context.send(Wire.write(status));
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot tell the driver how this executor does: {}", e.toString());
    }
  }

  /** Spark's own answer fails on executors, which serve no RPC; the driver has no blocks yet. */
  private String host() {
    return context.executorID().equals("driver")
        ? context.hostname()
        : SparkEnv.get().blockManager().blockManagerId().host();
  }

  private Map<String, Double> counts() {
    Map<String, Double> counts = new HashMap<>(ReplicaMetrics.values());
    long now = System.nanoTime();
    long sum = ReplicaMetrics.tokens();
    counts.put("tokens_per_second", (sum - tokens) / ((now - nanoTime) / 1e9));
    tokens = sum;
    nanoTime = now;
    return counts;
  }

  @Override
  public void shutdown() {
    stopped.countDown();
    TaskMail.connect(null);
    Replica.closeAll();
  }
}
