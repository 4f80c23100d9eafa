package ai.signal.cluster;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The executors of an application before its work begins.
 *
 * @param executors at least one
 */
public record ClusterReport(List<ExecutorReport> executors) {
  private static final int NAMED = 8;

  /** Why executors have to be alike, and what to do where they are not. */
  static final String MIXED =
      ": results would depend on where a lane runs (use executors of one kind, or set"
          + " cluster.allow_mixed: true)";

  public ClusterReport {
    executors = List.copyOf(executors);
  }

  /** Of the executor that has most. */
  public int cores() {
    return executors.stream().mapToInt(ExecutorReport::cores).max().orElseThrow();
  }

  /** A line for each kind of executor: one, where all are alike. */
  public List<String> lines() {
    Map<String, List<ExecutorReport>> kinds =
        executors.stream()
            .collect(
                Collectors.groupingBy(
                    executor -> device(executor) + executor.fingerprint(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return kinds.values().stream()
        .map(
            alike ->
                kinds.size() == 1
                    ? line(alike)
                    : "%s · %s (%s)"
                        .formatted(
                            line(alike), alike.get(0).fingerprint().versions(), names(alike)))
        .toList();
  }

  /** What native code of an executor can take, when those of its host take as much. */
  private long free(ExecutorReport executor) {
    long sharers =
        executor.ownMemory()
            ? 1
            : executors.stream().filter(other -> other.host().equals(executor.host())).count();
    return executor.freeMemory() / sharers;
  }

  /** {@code 2 executors · cpu · AuthenticAMD avx2 · PyTorch 2.7.1 · 11.2 GiB free each}. */
  private String line(List<ExecutorReport> alike) {
    Fingerprint fingerprint = alike.get(0).fingerprint();
    return String.join(
        " · ",
        alike.size() == 1 ? "1 executor" : alike.size() + " executors",
        device(alike.get(0)),
        fingerprint.instructions(),
        fingerprint.pytorch(),
        free(alike));
  }

  private String free(List<ExecutorReport> alike) {
    List<String> sizes =
        alike.stream().map(this::free).sorted().map(ClusterReport::gibibytes).distinct().toList();
    String least = sizes.get(0) + " free";
    return alike.size() == 1 ? least : (sizes.size() == 1 ? least : "at least " + least) + " each";
  }

  private static String device(ExecutorReport executor) {
    int gpus = executor.gpus().size();
    String kinds = names(executor);
    return (gpus == 0 ? "cpu" : gpus == 1 ? "1 gpu" : gpus + " gpus")
        + (kinds.isEmpty() ? "" : " (" + kinds + ")");
  }

  /** The models of an executor's GPUs; empty where their driver does not tell. */
  static String names(ExecutorReport executor) {
    return executor.gpus().stream()
        .filter(gpu -> !gpu.name().isEmpty())
        .map(gpu -> gpu.name() + " " + gibibytes(gpu.memory()))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** {@code executors 1, 2 on 10.0.0.7, 10.0.0.8}, the first few of many. */
  private static String names(List<ExecutorReport> executors) {
    return "%s %s on %s"
        .formatted(
            executors.size() == 1 ? "executor" : "executors",
            few(executors.stream().map(ExecutorReport::executor).toList()),
            few(executors.stream().map(ExecutorReport::host).distinct().toList()));
  }

  private static String few(List<String> names) {
    String first = names.stream().limit(NAMED).collect(Collectors.joining(", "));
    return names.size() <= NAMED ? first : first + " and " + (names.size() - NAMED) + " more";
  }

  /**
   * What all executors, also those that join later, have to be like.
   *
   * @param device that lanes compute on: on CPUs GPUs may differ
   * @param allowMixed whether executors may differ
   * @return empty where they may
   * @throws ClusterException where an engine does not start, or executors differ and may not
   */
  public Optional<Fingerprint> agree(ComputeDevice device, boolean allowMixed) {
    executors.forEach(ExecutorReport::requireEngine);
    if (allowMixed) {
      return Optional.empty();
    }
    Map<Fingerprint, List<ExecutorReport>> kinds =
        executors.stream()
            .collect(
                Collectors.groupingBy(
                    executor -> executor.kind(device != ComputeDevice.CPU),
                    LinkedHashMap::new,
                    Collectors.toList()));
    Fingerprint usual =
        kinds.entrySet().stream()
            .max(Comparator.comparingInt(kind -> kind.getValue().size()))
            .orElseThrow()
            .getKey();
    if (kinds.size() > 1) {
      throw new ClusterException(
          kinds.entrySet().stream()
              .filter(kind -> !kind.getKey().equals(usual))
              .map(kind -> names(kind.getValue()) + ": " + kind.getKey().differenceTo(usual))
              .collect(
                  Collectors.joining("; ", "Cannot compute on executors that differ, ", MIXED)));
    }
    return Optional.of(usual);
  }

  /**
   * What to say where an executor has less memory than a job needs there.
   *
   * @param bytes of native memory, by estimate
   */
  public Optional<String> shortage(long bytes) {
    List<ExecutorReport> small =
        executors.stream().filter(executor -> free(executor) < bytes).toList();
    if (small.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "%s, the job needs about %s there: give it more (spark.executor.memoryOverhead on YARN and Kubernetes) or lower tokens_per_microbatch"
            .formatted(names(small) + " with " + free(small), gibibytes(bytes)));
  }

  private static String gibibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1 << 30));
  }
}
