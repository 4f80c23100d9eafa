package ai.signal.client;

import ai.signal.cluster.RunJobs;
import ai.signal.cluster.SignalPlugin;
import ai.signal.monitor.StepMetrics;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.Normalization;
import ai.signal.train.OptimStepResult;
import ai.signal.train.Optimizer;
import ai.signal.train.Run;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.SparkContext;

/**
 * What becomes of a run's gradient: added to, applied, dropped, or not to be applied since a part
 * of it is missing. Belongs to the queue's thread, but for {@link #step} and {@link #history}.
 */
final class GradientState {
  private final SparkContext spark;
  private final Run run;
  private final RunJobs jobs;
  private volatile MetricsHistory history;
  private SignalException missing; // a part whose failure nobody was told; null: none
  private volatile long step;

  GradientState(SparkContext spark, Run run, RunJobs jobs) {
    this.spark = spark;
    this.jobs = jobs;
    this.run = run;
    this.history = new MetricsHistory();
    this.step = run.step();
  }

  /** Optimizer steps done. */
  long step() {
    return step;
  }

  /** Of every optim_step. */
  List<StepMetrics> history() {
    return history.steps();
  }

  /**
   * Adds the gradient of a forward_backward.
   *
   * @param work given what people call it
   * @param awaited whether the caller learns of a failure at once; else the next optim_step tells
   */
  ForwardBackwardResult add(
      Ticket ticket, Function<String, ForwardBackwardResult> work, boolean awaited) {
    try {
      return added(work);
    } catch (Throwable e) { // Spark's own, which no method declares, and errors
      SignalException failed = new SignalException.Failed(ticket, e);
      if (!awaited && missing == null) {
        missing = failed;
      }
      throw failed;
    }
  }

  /** Applies it. */
  OptimStepResult apply(Ticket ticket, Optimizer optimizer, Normalization normalization) {
    requireWhole(ticket);
    OptimStepResult update = run.optimStep(optimizer, normalization);
    applied(update, Double.NaN);
    return update;
  }

  /**
   * Adds a gradient and applies all. When that fails nothing is applied, and it is dropped.
   *
   * @param epoch passes over the data behind it; NaN where nobody counts
   * @param stop ended by a failure; when it has ended before, nothing is done
   */
  TrainBatchResult trainBatch(
      Ticket ticket,
      Function<String, ForwardBackwardResult> work,
      Optimizer optimizer,
      double epoch,
      Stop stop) {
    if (stop.why() != null) {
      throw new SignalException.Skipped(ticket, stop.why());
    }
    requireWhole(ticket);
    try {
      ForwardBackwardResult found = added(work);
      OptimStepResult update = run.optimStep(optimizer, Normalization.MEAN);
      return new TrainBatchResult(found, update, applied(update, epoch));
    } catch (Throwable e) { // Spark's own, which no method declares, and errors
      drop();
      SignalException failed = new SignalException.Failed(ticket, e);
      stop.because(failed);
      throw failed;
    }
  }

  private ForwardBackwardResult added(Function<String, ForwardBackwardResult> work) {
    long start = System.nanoTime();
    ForwardBackwardResult result =
        jobs.during(spark, () -> work.apply(run.describe("forward_backward")));
    history.added(result, start);
    return result;
  }

  private void requireWhole(Ticket ticket) {
    if (missing != null) {
      SignalException before = missing;
      drop();
      throw new SignalException.Skipped(ticket, before);
    }
  }

  private StepMetrics applied(OptimStepResult update, double epoch) {
    step = update.step();
    return history.applied(update, epoch, SignalPlugin.gpus(spark));
  }

  /** The run goes on from elsewhere. */
  void restored() {
    missing = null;
    step = run.step();
    history = new MetricsHistory();
  }

  /** Drops it. */
  void drop() {
    missing = null;
    run.zeroGrad();
    history.dropped();
  }
}
