package ai.signal.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.Success$;
import org.apache.spark.TaskResultLost$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.TaskInfo;

/**
 * What Spark says of the lanes of forward_backward: where each attempt ran and what became of it.
 * Complete when the Spark context has stopped.
 */
final class LaneWatch extends SparkListener {
  private record Lane(int stage, int number) {}

  private record Attempt(int stage, TaskInfo task) {}

  private final Set<Integer> laneStages = new HashSet<>();
  private final Set<Integer> reducerStages = new HashSet<>();
  private final Map<Long, Attempt> running = new HashMap<>();
  private final Set<Lane> lanes = new HashSet<>();
  private final Map<String, Integer> lostOn = new HashMap<>(); // by executor
  private final Map<String, Integer> doneOn = new HashMap<>(); // by host
  private final Set<String> hosts = new HashSet<>();
  private final Set<String> removed = new HashSet<>(); // executors
  private int attempts;
  private int copies;
  private int copiesUsed;
  private int resultsLost;
  private int overlaps;

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
    String description = event.properties().getProperty("spark.job.description", "");
    if (description.endsWith("forward_backward")) {
      if (event.stageInfo().parentIds().isEmpty()) {
        laneStages.add(event.stageInfo().stageId());
      } else {
        reducerStages.add(event.stageInfo().stageId());
      }
    }
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart event) {
    TaskInfo task = event.taskInfo();
    if (laneStages.contains(event.stageId())) {
      lanes.add(new Lane(event.stageId(), task.partitionId()));
      attempts++;
      copies += task.speculative() ? 1 : 0;
      boolean overlap = running.values().stream().anyMatch(it -> it.stage != event.stageId());
      overlaps += overlap ? 1 : 0;
      running.put(task.taskId(), new Attempt(event.stageId(), task));
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
    TaskInfo task = event.taskInfo();
    if (running.remove(task.taskId()) != null) {
      if (event.reason() instanceof ExecutorLostFailure) {
        lostOn.merge(task.executorId(), 1, Integer::sum);
      } else if (event.reason() == TaskResultLost$.MODULE$) {
        resultsLost++;
      } else if (event.reason() == Success$.MODULE$) {
        doneOn.merge(task.host(), 1, Integer::sum);
        copiesUsed += task.speculative() ? 1 : 0;
      }
      notifyAll();
    }
  }

  @Override
  public synchronized void onExecutorAdded(SparkListenerExecutorAdded event) {
    hosts.add(event.executorInfo().executorHost());
    notifyAll();
  }

  @Override
  public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    removed.add(event.executorId());
    notifyAll();
  }

  synchronized boolean isRunning(TaskInfo lane) {
    return running.containsKey(lane.taskId());
  }

  synchronized boolean isRemoved(String executor) {
    return removed.contains(executor);
  }

  /** Attempts at lanes that were lost with an executor. */
  synchronized int lostOn(String executor) {
    return lostOn.getOrDefault(executor, 0);
  }

  /** Returns when an executor of this host has come. */
  synchronized void awaitExecutorOn(String host) {
    await(() -> hosts.contains(host));
  }

  /** Returns when an executor has gone. */
  synchronized void awaitRemoval() {
    int before = removed.size();
    await(() -> removed.size() > before);
  }

  /** Returns when a speculative copy was done before its original. */
  synchronized void awaitCopyUsed() {
    await(() -> copiesUsed > 0);
  }

  private synchronized void await(BooleanSupplier condition) {
    try {
      while (!condition.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for Spark", e);
    }
  }

  synchronized Outcome outcome(List<Training.Result> results, int kills) {
    return new Outcome(
        results,
        lanes.size(),
        reducerStages.size(),
        attempts - copies - lanes.size(),
        lostOn.values().stream().mapToInt(Integer::intValue).sum(),
        resultsLost,
        kills,
        copies,
        copiesUsed,
        overlaps,
        Map.copyOf(doneOn));
  }
}
