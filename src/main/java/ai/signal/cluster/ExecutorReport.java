package ai.signal.cluster;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * What an executor is: found out on it, without a model.
 *
 * @param executor Spark's id
 * @param host it runs on
 * @param pid its process
 * @param cores for lanes
 * @param gpus addresses that Spark gave it; none: it computes on the CPU
 * @param fingerprint what decides the bits of its results
 * @param engineError why its engine does not start; empty where it does
 * @param java version of the JVM
 * @param totalMemory bytes of the host or, where that is less, of the container
 * @param freeMemory bytes that native code can still take, less what the heap may still grow by
 * @param ownMemory whether they are the container's: executors of one host share those of a host
 * @param maxHeap bytes
 */
public record ExecutorReport(
    String executor,
    String host,
    long pid,
    int cores,
    List<String> gpus,
    Fingerprint fingerprint,
    String engineError,
    String java,
    long totalMemory,
    long freeMemory,
    boolean ownMemory,
    long maxHeap) {

  public ExecutorReport {
    gpus = List.copyOf(gpus);
  }

  /** This executor's, from one of its tasks: GPUs are those of the task. */
  static ExecutorReport ofTask(TaskContext task) {
    SparkEnv env = SparkEnv.get();
    ResourceInformation gpus = task.resourcesJMap().get("gpu");
    return of(
        env.executorId(),
        env.blockManager().blockManagerId().host(),
        gpus == null ? List.of() : List.of(gpus.addresses()),
        env.conf());
  }

  /** This JVM's; starts the native engine if nothing has yet. */
  static ExecutorReport of(String executor, String host, List<String> gpus, SparkConf conf) {
    Fingerprint fingerprint;
    String error = "";
    try {
      fingerprint = Fingerprint.here();
    } catch (IllegalStateException e) {
      fingerprint = Fingerprint.withoutEngine();
      error = e.getMessage();
    }
    HostMemory memory = memory(conf);
    return new ExecutorReport(
        executor,
        host,
        ProcessHandle.current().pid(),
        conf.getInt("spark.executor.cores", Runtime.getRuntime().availableProcessors()),
        gpus,
        fingerprint,
        error,
        System.getProperty("java.version"),
        memory.total(),
        memory.free(),
        memory.limited(),
        Runtime.getRuntime().maxMemory());
  }

  /** With the GPUs of another report of the same executor as well, whose task had others. */
  ExecutorReport withGpusOf(ExecutorReport other) {
    SortedSet<String> all = new TreeSet<>(gpus);
    all.addAll(other.gpus);
    return new ExecutorReport(
        executor,
        host,
        pid,
        cores,
        List.copyOf(all),
        fingerprint,
        engineError,
        java,
        totalMemory,
        freeMemory,
        ownMemory,
        maxHeap);
  }

  /**
   * Nothing, where the engine starts.
   *
   * @throws ClusterException otherwise
   */
  void requireEngine() {
    if (!engineError.isEmpty()) {
      throw new ClusterException(
          "Cannot compute on executor %s on %s: %s".formatted(executor, host, engineError));
    }
  }

  private static HostMemory memory(SparkConf conf) {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    long growth = Math.max(0, heap.getMax() - heap.getCommitted());
    HostMemory host = HostMemory.read(Path.of("/"));
    HostMemory left =
        new HostMemory(host.total(), Math.max(0, host.free() - growth), host.limited());
    // YARN need not limit a container by a control group: it looks at its resident memory.
    return YarnContainer.bytes(conf)
        .map(limit -> left.within(limit, HostMemory.resident() + growth))
        .orElse(left);
  }
}
