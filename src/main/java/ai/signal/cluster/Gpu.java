package ai.signal.cluster;

import ai.signal.model.CudaDevice;
import ai.signal.monitor.NvidiaSmi;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkConf;

/**
 * A GPU that Spark gave to an executor.
 *
 * @param address by which Spark knows it
 * @param name of the model, as its driver tells; empty where it does not
 * @param memory bytes; 0 where the driver does not tell
 * @param error why libtorch cannot compute on it; empty where it can
 */
public record Gpu(String address, String name, long memory, String error) {
  /** Opening a device takes a second and some of its memory: once is enough. */
  private static final Map<String, Gpu> KNOWN = new ConcurrentHashMap<>();

  /** This executor's; starts the native engine if nothing has yet. */
  static List<Gpu> probe(List<String> addresses, SparkConf conf) {
    return addresses.stream()
        .map(address -> KNOWN.computeIfAbsent(address, unknown -> probe(unknown, conf)))
        .toList();
  }

  private static Gpu probe(String address, SparkConf conf) {
    String name = "";
    long memory = 0;
    try {
      for (NvidiaSmi.Device device : GpuMonitor.command(conf).devices(List.of(address))) {
        name = device.name();
        memory = device.memory();
      }
    } catch (IOException e) {
      // GpuMonitor says so; libtorch decides whether the device works
    }
    return new Gpu(address, name, memory, CudaDevice.error(address));
  }
}
