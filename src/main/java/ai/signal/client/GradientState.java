package ai.signal.client;

import ai.signal.cluster.SignalPlugin;
import ai.signal.monitor.StepMetrics;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.OptimStepResult;
import ai.signal.train.Run;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.SparkContext;

/**
 * What becomes of a run's gradient: added to, applied, dropped, or not to be applied since a part
 * of it is missing. Belongs to the queue's thread, but for {@link #step} and {@link #history}.
 */
final class GradientState {
  private final SparkContext spark;
  private final Run run;
  private volatile MetricsHistory history;
  private SignalException missing; // a part whose failure nobody was told; null: none
  private volatile long step;

  GradientState(SparkContext spark, Run run) {
    this.spark = spark;
    this.run = run;
    this.history = new MetricsHistory(run.step());
    this.step = run.step();
  }

  /** Optimizer steps applied. */
  long step() {
    return step;
  }

  /** Of every optim_step. */
  List<StepMetrics> history() {
    return history.steps();
  }

  /** Of the last optim_step, where there was one since the run began or went on from elsewhere. */
  OptionalDouble lastLoss() {
    List<StepMetrics> steps = history.steps();
    return steps.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(steps.get(steps.size() - 1).loss());
  }

  /**
   * A forward_backward was added.
   *
   * @param start when it began, as {@link System#nanoTime}
   */
  void added(ForwardBackwardResult result, long start) {
    history.added(result, start);
  }

  /** A forward_backward failed, and the next optim_step has to tell. */
  void missing(SignalException failed) {
    missing = missing == null ? failed : missing;
  }

  /**
   * Nothing, where the gradient is whole.
   *
   * @throws SignalException.Skipped where it is not; it is dropped
   */
  void requireWhole(Ticket ticket) {
    if (missing != null) {
      SignalException before = missing;
      drop();
      throw new SignalException.Skipped(ticket, before);
    }
  }

  /**
   * It was applied.
   *
   * @param epoch passes over the data so far; NaN where nobody counts
   */
  StepMetrics applied(OptimStepResult update, double epoch) {
    step = update.step();
    return history.applied(update, epoch, SignalPlugin.gpus(spark));
  }

  /** The run goes on from elsewhere. */
  void restored() {
    missing = null;
    step = run.step();
    history = new MetricsHistory(step);
  }

  /** Drops it. */
  void drop() {
    missing = null;
    run.zeroGrad();
    history.dropped();
  }
}
