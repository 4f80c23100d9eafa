package ai.signal.client;

import ai.signal.data.BatchPlan;
import ai.signal.data.Example;
import ai.signal.data.LaneDataset;
import ai.signal.train.Loss;
import ai.signal.train.Optimizer;
import ai.signal.train.Schedule;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/**
 * Trains over a data set, step after step. The next step is submitted before the last one is waited
 * for, so that the run's queue is never empty. Behind a step that fails none is applied.
 */
final class TrainingLoop {
  /** Steps that are submitted and not done: one that computes and one that waits. */
  private static final int AHEAD = 2;

  private final TrainingOptions options;
  private final Batches batches;
  private final Schedule schedule;
  private final long from;
  private final long to;
  private final Stop stop = new Stop();

  /** Submits steps of a data set. */
  @FunctionalInterface
  private interface Batches {
    /**
     * Submits one.
     *
     * @param stop ended by the first that fails; those behind it are not done
     */
    SignalFuture<TrainBatchResult> submit(long step, Loss loss, Optimizer optimizer, Stop stop);
  }

  /**
   * @param stepsPerEpoch of the data set
   * @param epoch from 0, whose steps are trained at the learning rates that they have among all;
   *     empty: all steps
   * @throws IllegalArgumentException when the options end before the epoch
   */
  private TrainingLoop(
      long stepsPerEpoch, TrainingOptions options, OptionalLong epoch, Batches batches) {
    this.options = options;
    this.batches = batches;
    long steps = options.steps().orElse(options.epochs() * stepsPerEpoch);
    this.schedule = options.schedule().apply(steps);
    this.from = epoch.orElse(0) * stepsPerEpoch;
    this.to = epoch.isPresent() ? Math.min(steps, from + stepsPerEpoch) : steps;
    if (from < 0 || from >= steps) {
      throw new IllegalArgumentException(
          "Cannot train epoch %d: the options have %d steps, %d in an epoch; epochs count from 0"
              .formatted(epoch.orElse(0), steps, stepsPerEpoch));
    }
  }

  /** Over examples. */
  static TrainingLoop over(
      AsyncTrainingClient run,
      List<Example> examples,
      TrainingOptions options,
      OptionalLong epoch) {
    AsyncTrainingClient steps = run.unkeyed();
    long seed = options.seed().orElse(run.seed());
    BatchPlan plan =
        new BatchPlan(examples.size(), 1, options.batchSize(), seed, options.shuffle());
    return new TrainingLoop(
        plan.stepsPerEpoch(),
        options,
        epoch,
        (step, loss, optimizer, stop) -> {
          List<Example> batch =
              Arrays.stream(plan.indices(step, 0)).mapToObj(examples::get).toList();
          return steps.trainBatch(batch, loss, optimizer, plan.epochs(step + 1), stop);
        });
  }

  /** Over a data set in lane files. */
  static TrainingLoop over(
      AsyncTrainingClient run, LaneDataset data, TrainingOptions options, OptionalLong epoch) {
    AsyncTrainingClient steps = run.unkeyed();
    long seed = options.seed().orElse(run.seed());
    BatchPlan plan = data.plan(options.batchSize(), seed, options.shuffle());
    return new TrainingLoop(
        plan.stepsPerEpoch(),
        options,
        epoch,
        (step, loss, optimizer, stop) -> steps.trainBatch(data, plan, step, loss, optimizer, stop));
  }

  /** Ends it behind the step that has begun; whether it had not ended. */
  boolean cancel(SignalException.Cancelled why) {
    return stop.because(why);
  }

  /** Trains; on the thread of whoever calls. */
  TrainingResult run() {
    TrainingTally tally = new TrainingTally(to - from);
    Deque<SignalFuture<TrainBatchResult>> ahead = new ArrayDeque<>();
    try {
      for (long next = from; tally.left() > 0; ) {
        for (; next < to && ahead.size() < AHEAD; next++) {
          stop.check();
          ahead.add(submit(next));
        }
        options.listener().accept(tally.add(ahead.element().result()));
        ahead.remove();
      }
      stop.over();
      return tally.result();
    } catch (SignalException e) {
      stop.check(); // says why it was stopped, where others were skipped because of it
      throw e;
    } finally {
      ahead.forEach(TrainingLoop::end);
    }
  }

  private SignalFuture<TrainBatchResult> submit(long step) {
    double rate = options.optimizer().learningRate() * schedule.factor(step);
    return batches.submit(step, options.loss(), options.optimizer().withLearningRate(rate), stop);
  }

  /** What has begun is waited for, so that nothing changes the run any more. */
  private static void end(SignalFuture<TrainBatchResult> step) {
    if (!step.cancel()) {
      step.toCompletableFuture().exceptionally(failure -> null).join();
    }
  }
}
