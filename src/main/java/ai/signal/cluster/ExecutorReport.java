package ai.signal.cluster;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/**
 * What an executor is: found out on it, without a model.
 *
 * @param executor Spark's id
 * @param host it runs on
 * @param pid its process
 * @param cores for lanes
 * @param gpus that Spark gave it; none: it computes on the CPU
 * @param fingerprint of its processor and its software
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
    List<Gpu> gpus,
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
    return of(
        env.executorId(),
        env.blockManager().blockManagerId().host(),
        TaskGpus.of(task),
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
        ExecutorCores.here(conf),
        error.isEmpty() ? Gpu.probe(gpus, conf) : List.of(),
        fingerprint,
        error,
        System.getProperty("java.version"),
        memory.total(),
        memory.free(),
        memory.limited(),
        Runtime.getRuntime().maxMemory());
  }

  /**
   * What decides the bits of its results.
   *
   * @param onGpus whether it computes on its GPUs, if it has any
   */
  Fingerprint kind(boolean onGpus) {
    return onGpus ? fingerprint.with(ClusterReport.names(this)) : fingerprint;
  }

  /** With the GPUs of another report of the same executor as well, whose task had others. */
  ExecutorReport withGpusOf(ExecutorReport other) {
    return with(Stream.concat(gpus.stream(), other.gpus.stream()).distinct().toList());
  }

  /** With other GPUs. */
  ExecutorReport with(List<Gpu> others) {
    return new ExecutorReport(
        executor,
        host,
        pid,
        cores,
        others,
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
