package ai.signal.cluster;

import ai.signal.data.JobDescription;
import ai.signal.storage.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.FetchFailed;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in one line what a cluster lost, and which lanes are computed again because of it. Spark
 * does the computing; its own log says it in many lines, by stage and task.
 */
public final class LossLog extends SparkListener {
  private static final Logger LOG = LoggerFactory.getLogger(LossLog.class);
  private static final int MAX_REASON = 200;
  private static final Map<SparkContext, LossLog> INSTALLED = new HashMap<>();

  private final SparkContext context;
  private final Map<Integer, String> operations = new HashMap<>(); // by stage
  private final Map<String, Map<Long, Lane>> running = new TreeMap<>(); // by executor and task

  private LossLog(SparkContext context) {
    this.context = context;
  }

  /** A lane that an executor computes. */
  private record Lane(String operation, int number) {}

  /** Listens to a Spark application, from the first call until it ends. */
  public static void install(SparkContext context) {
    synchronized (INSTALLED) {
      INSTALLED.computeIfAbsent(
          context,
          spark -> {
            LossLog log = new LossLog(spark);
            spark.addSparkListener(log);
            return log;
          });
    }
  }

  @Override
  public void onApplicationEnd(SparkListenerApplicationEnd end) {
    synchronized (INSTALLED) {
      INSTALLED.remove(context);
    }
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted stage) {
    String operation = JobDescription.of(stage.properties());
    if (operation != null) {
      operations.put(stage.stageInfo().stageId(), operation);
    }
  }

  @Override
  public void onStageCompleted(SparkListenerStageCompleted stage) {
    operations.remove(stage.stageInfo().stageId());
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart task) {
    String operation = operations.get(task.stageId());
    if (operation != null) {
      running
          .computeIfAbsent(task.taskInfo().executorId(), id -> new TreeMap<>())
          .put(task.taskInfo().taskId(), new Lane(operation, task.taskInfo().index()));
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd task) {
    Map<Long, Lane> lanes = running.getOrDefault(task.taskInfo().executorId(), Map.of());
    Lane lane = lanes.get(task.taskInfo().taskId());
    if (lane == null || task.reason() instanceof org.apache.spark.ExecutorLostFailure) {
      return; // the executor's own line says it
    }
    lanes.remove(task.taskInfo().taskId());
    if (isRefused(task)) {
      return; // the job's own line says it
    }
    if (task.reason() instanceof ExceptionFailure || task.reason() instanceof FetchFailed) {
      LOG.warn(
          "Lane {} of '{}' failed on executor {} and is computed again: {}",
          lane.number(),
          lane.operation(),
          task.taskInfo().executorId(),
          reason((TaskFailedReason) task.reason()));
    }
  }

  /** Returns whether a task failed on what the user wrote, as it will each time. */
  private static boolean isRefused(SparkListenerTaskEnd task) {
    return task.reason() instanceof ExceptionFailure failure
        && failure.exception().isDefined()
        && failure.exception().get() instanceof Refusal refusal
        && refusal.isOfTheUser();
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    Map<Long, Lane> lost = running.remove(removed.executorId());
    if (lost == null || lost.isEmpty()) {
      LOG.info(
          "Lost executor {}, on which no lane ran: {}",
          removed.executorId(),
          oneLine(removed.reason()));
      return;
    }
    LOG.warn(
        "Lost executor {} ({}): computing again {}",
        removed.executorId(),
        oneLine(removed.reason()),
        describe(new ArrayList<>(lost.values())));
  }

  private static String describe(List<Lane> lanes) {
    return lanes.stream()
        .collect(Collectors.groupingBy(Lane::operation, TreeMap::new, Collectors.toList()))
        .entrySet()
        .stream()
        .map(
            entry ->
                (entry.getValue().size() == 1 ? "lane " : "lanes ")
                    + entry.getValue().stream()
                        .map(lane -> Integer.toString(lane.number()))
                        .collect(Collectors.joining(", "))
                    + " of '"
                    + entry.getKey()
                    + "'")
        .collect(Collectors.joining(" and "));
  }

  private static String reason(TaskFailedReason reason) {
    return oneLine(
        reason instanceof ExceptionFailure failure
            ? failure.description()
            : reason.toErrorString());
  }

  private static String oneLine(String text) {
    String line = text.strip().lines().findFirst().orElse("");
    return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON) + "...";
  }
}
