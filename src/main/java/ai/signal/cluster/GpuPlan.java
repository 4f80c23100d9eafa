package ai.signal.cluster;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToLongFunction;

/**
 * How many GPUs a replica is spread over. A request is met, or refused with the numbers; nothing
 * smaller is ever taken instead.
 *
 * @param gpus of a replica; 0: it computes on the CPU
 * @param needed bytes on the fullest of them, by estimate
 * @param memory bytes of each; 0 where it is not known
 */
public record GpuPlan(int gpus, long needed, long memory) {
  static final GpuPlan CPU = new GpuPlan(0, 0, 0);

  /**
   * A plan.
   *
   * @param offered GPUs of an executor, at least as many as are asked for
   * @param memory bytes of the smallest of them; 0 where it is not known
   * @param layers of the model
   * @param needed bytes on the fullest of so many GPUs
   * @throws ClusterException when the request cannot be met
   */
  public static GpuPlan of(
      GpuRequest request, int offered, long memory, int layers, IntToLongFunction needed) {
    if (request.count() > layers) {
      throw refused(request, "a GPU holds whole layers, and the model has " + layers);
    }
    int most = Math.min(offered, layers);
    if (request.count() > 0) {
      long bytes = needed.applyAsLong(request.count());
      if (memory > 0 && bytes > memory) {
        throw refused(request, tooSmall(request.count(), most, memory, needed));
      }
      return new GpuPlan(request.count(), bytes, memory);
    }
    if (memory == 0) {
      throw refused(
          request,
          "their memory is not known, since NVIDIA's driver does not tell; say how many a replica needs");
    }
    for (int gpus = 1; gpus <= most; gpus++) {
      long bytes = needed.applyAsLong(gpus);
      if (bytes <= memory) {
        return new GpuPlan(gpus, bytes, memory);
      }
    }
    throw refused(request, tooSmall(most, most, memory, needed));
  }

  private static String tooSmall(int gpus, int most, long memory, IntToLongFunction needed) {
    String also =
        gpus < most
            ? ", about %s on each of %d".formatted(size(needed.applyAsLong(most)), most)
            : "";
    return "the job needs about %s on %s and each has %s%s; lower tokens_per_microbatch, set activation_checkpointing: true, or use more or larger GPUs"
        .formatted(
            size(needed.applyAsLong(gpus)),
            gpus == 1 ? "one" : "each of " + gpus,
            size(memory),
            also);
  }

  /** For executors that are there. */
  public static GpuPlan of(
      ComputeDevice device,
      GpuRequest request,
      ClusterReport executors,
      GpuOffer offer,
      int layers,
      IntToLongFunction needed) {
    offer.check(device, request);
    boolean any = executors.executors().stream().anyMatch(executor -> !executor.gpus().isEmpty());
    if (device == ComputeDevice.CPU
        || (device == ComputeDevice.AUTO && !any && offer.perExecutor() == 0)) {
      return CPU;
    }
    long memory = Long.MAX_VALUE;
    int offered = Integer.MAX_VALUE;
    for (ExecutorReport executor : executors.executors()) {
      List<Gpu> accepted = executor.gpus().stream().filter(request::accepts).toList();
      String names = ClusterReport.names(executor);
      if (accepted.size() < executor.gpus().size()) {
        throw refused(
            request,
            names.isEmpty()
                ? "NVIDIA's driver does not tell what executor %s on %s has; ask for a number, such as cluster.gpus: %d"
                    .formatted(executor.executor(), executor.host(), request.count())
                : "executor %s on %s has %s"
                    .formatted(executor.executor(), executor.host(), names));
      }
      if (names.contains(", ")) {
        throw refused(
            request,
            "executor %s on %s has GPUs of several kinds: %s"
                .formatted(executor.executor(), executor.host(), names));
      }
      for (Gpu gpu : accepted) {
        if (!gpu.error().isEmpty()) {
          throw new ClusterException(
              "Cannot compute on GPU %s of executor %s on %s: %s"
                  .formatted(gpu.address(), executor.executor(), executor.host(), gpu.error()));
        }
        memory = Math.min(memory, gpu.memory());
      }
      offered = Math.min(offered, accepted.size());
    }
    if (offered == 0) {
      throw new ClusterException(
          "Cannot compute on GPUs: Spark gives %s none (set %s and a discovery script, see conf/; or cluster.device: cpu)"
              .formatted(any ? "some executors" : "executors", offer.key()));
    }
    return of(request, offered, memory, layers, needed);
  }

  /**
   * What Spark gives each lane.
   *
   * @param local whether in local mode, where it has nothing to give
   */
  public LaneResources resources(ClusterReport executors, boolean local) {
    if (gpus == 0 || local) {
      return LaneResources.NONE;
    }
    ExecutorReport smallest =
        executors.executors().stream()
            .min(Comparator.comparingInt(ExecutorReport::cores))
            .orElseThrow();
    int perExecutor =
        executors.executors().stream()
            .mapToInt(executor -> executor.gpus().size())
            .min()
            .orElseThrow();
    return LaneResources.gpus(gpus, perExecutor, smallest.cores());
  }

  static ClusterException refused(GpuRequest request, String why) {
    return new ClusterException("Cannot allocate cluster.gpus = %s: %s".formatted(request, why));
  }

  /** {@code 2 GPUs per replica · about 61.2 GiB of 80.0 GiB each}. */
  public String line() {
    String used = memory == 0 ? size(needed) : size(needed) + " of " + size(memory);
    return "%d GPU%s per replica · about %s each".formatted(gpus, gpus == 1 ? "" : "s", used);
  }

  private static String size(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1 << 30));
  }
}
