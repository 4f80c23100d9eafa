package ai.signal.cluster;

import ai.signal.data.JobDescription;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Looks at the executors before work begins, and again on each of them before a lane computes, so
 * that one which joins later is held to the same.
 */
public final class Preflight {
  /** The local property of Spark that carries what was agreed to every task. */
  static final String ALIKE = "signal.executors.alike";

  /** An executor that starts the native engine for the first time on its host unpacks it. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What this JVM was found to be like last. */
  private static volatile String passed;

  private Preflight() {}

  /**
   * Reports of the executors that are there: by the plugin or, without it, by a Spark job.
   *
   * @param name of the run that is going to begin, for people
   */
  public static ClusterReport of(JavaSparkContext spark, String name) {
    List<String> local = TaskGpus.ofLocalMode(spark);
    List<ExecutorReport> told =
        ExecutorRegistry.of(spark.sc())
            .map(registry -> registry.reports(PATIENCE))
            .orElse(List.of());
    if (told.isEmpty()) {
      return new ClusterReport(ask(spark, name));
    }
    return new ClusterReport(
        local.isEmpty()
            ? told
            : told.stream().map(report -> report.with(Gpu.probe(local, spark.getConf()))).toList());
  }

  /** As many tasks as run at once: on an idle cluster every executor gets one. */
  private static List<ExecutorReport> ask(JavaSparkContext spark, String name) {
    int gpus = spark.isLocal() ? 0 : GpuOffer.of(spark.getConf()).perExecutor();
    LaneResources resources = gpus == 0 ? LaneResources.NONE : new LaneResources(gpus, 1);
    int tasks = Math.max(spark.defaultParallelism(), executors(spark.sc()));
    List<String> answers =
        JobDescription.during(
            spark.sc(),
            name + " · preflight",
            () ->
                resources
                    .over(spark.parallelize(Collections.nCopies(tasks, 0), tasks))
                    .map(slot -> Wire.write(ExecutorReport.ofTask(TaskContext.get())))
                    .collect());
    Map<String, ExecutorReport> reports = new TreeMap<>(ExecutorRegistry.BY_ID);
    answers.stream()
        .map(answer -> Wire.read(answer, ExecutorReport.class))
        .forEach(report -> reports.merge(report.executor(), report, ExecutorReport::withGpusOf));
    return List.copyOf(reports.values());
  }

  /** Those that hold blocks; the driver is one of them. */
  private static int executors(SparkContext spark) {
    return spark.statusTracker().getExecutorInfos().length;
  }

  /**
   * Does nothing where this executor is like those that the task's run began with.
   *
   * @param onGpus whether the run computes on them
   * @throws ClusterException otherwise
   */
  static void check(boolean onGpus) {
    TaskContext task = TaskContext.get();
    String agreed = task == null ? null : task.getLocalProperty(ALIKE);
    if (agreed == null || agreed.equals(passed)) {
      return;
    }
    ExecutorReport report = ExecutorReport.ofTask(task);
    report.requireEngine();
    Fingerprint here = report.kind(onGpus);
    if (!here.text().equals(agreed)) {
      throw new ClusterException(
          "Cannot compute on executor %s on %s, it joined with %s"
                  .formatted(
                      report.executor(),
                      report.host(),
                      here.differenceTo(Fingerprint.parse(agreed)))
              + ClusterReport.MIXED);
    }
    passed = agreed;
  }
}
