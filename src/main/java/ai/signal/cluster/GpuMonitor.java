package ai.signal.cluster;

import ai.signal.monitor.GpuReading;
import ai.signal.monitor.NvidiaSmi;
import java.io.IOException;
import java.util.List;
import org.apache.spark.SparkConf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the GPUs of one executor. */
final class GpuMonitor {
  private static final Logger LOG = LoggerFactory.getLogger(GpuMonitor.class);
  private static final String COMMAND = "spark.signal.nvidiaSmi";

  private final NvidiaSmi command;
  private final String executor;
  private final List<String> addresses;
  private boolean failed;

  /**
   * @param addresses that Spark gave the executor; where it gave none, those of the host count in
   *     local mode alone, since elsewhere they are not this executor's
   */
  GpuMonitor(SparkConf conf, String executor, List<String> addresses) {
    this.command = command(conf);
    this.executor = executor;
    this.addresses = addresses;
  }

  /** NVIDIA's command, as an application names it. */
  static NvidiaSmi command(SparkConf conf) {
    return new NvidiaSmi(conf.get(COMMAND, "nvidia-smi"));
  }

  /** What is known now; nothing where there is no GPU or its driver does not answer. */
  List<GpuReading> read() {
    boolean given = !addresses.isEmpty();
    if (!given && (failed || !executor.equals("driver"))) {
      return List.of();
    }
    try {
      return command.read(executor, addresses);
    } catch (IOException e) {
      if (given && !failed) {
        LOG.warn("{}; its metrics are missing ({} names the command)", e.getMessage(), COMMAND);
      }
      failed = true;
      return List.of();
    }
  }
}
