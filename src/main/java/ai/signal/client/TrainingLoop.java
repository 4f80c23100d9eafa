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
import java.util.function.Supplier;

/**
 * Trains over a data set, step after step. The next step is submitted before the last one is waited
 * for, so that the run's queue is never empty. Behind a step that fails none is applied.
 */
final class TrainingLoop {
  /** Steps that are submitted and not done: one that computes and one that waits. */
  private static final int AHEAD = 2;

  private final AsyncTrainingClient run;
  private final TrainingOptions options;
  private final Supplier<Steps> steps; // asked once, when it begins
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

  /** Those from one to another, at learning rates of a schedule over all. */
  private record Steps(long from, long to, Schedule schedule, Batches batches) {
    /**
     * @param perEpoch of the data set
     * @param epoch from 0, whose steps are trained at the learning rates that they have among all;
     *     empty: all steps
     * @throws IllegalArgumentException when the options end before the epoch
     */
    static Steps of(long perEpoch, TrainingOptions options, OptionalLong epoch, Batches batches) {
      long all = options.steps().orElse(options.epochs() * perEpoch);
      long from = epoch.orElse(0) * perEpoch;
      long to = epoch.isPresent() ? Math.min(all, from + perEpoch) : all;
      if (from < 0 || from >= all) {
        throw new IllegalArgumentException(
            "Cannot train epoch %d: the options have %d steps, %d in an epoch; epochs count from 0"
                .formatted(epoch.orElse(0), all, perEpoch));
      }
      if (options.firstStep() >= to) {
        throw new IllegalArgumentException(
            "Cannot train behind step %d: there are %d steps".formatted(options.firstStep(), to));
      }
      long first = Math.max(from, options.firstStep());
      return new Steps(first, to, options.schedule().apply(all), batches);
    }
  }

  private TrainingLoop(AsyncTrainingClient run, TrainingOptions options, Supplier<Steps> steps) {
    this.run = run.unkeyed();
    this.options = options;
    this.steps = steps;
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
    Steps all =
        Steps.of(
            plan.stepsPerEpoch(),
            options,
            epoch,
            (step, loss, optimizer, stop) -> {
              List<Example> batch =
                  Arrays.stream(plan.indices(step, 0)).mapToObj(examples::get).toList();
              return steps.trainBatch(batch, loss, optimizer, plan.epochs(step + 1), stop);
            });
    return new TrainingLoop(run, options, () -> all);
  }

  /** Over a data set in lane files. */
  static TrainingLoop over(
      AsyncTrainingClient run, LaneDataset data, TrainingOptions options, OptionalLong epoch) {
    Steps all = steps(run, data, options, epoch);
    return new TrainingLoop(run, options, () -> all);
  }

  /** Over a data set in lane files that are prepared when it begins. */
  static TrainingLoop over(
      AsyncTrainingClient run, Supplier<LaneDataset> data, TrainingOptions options) {
    return new TrainingLoop(
        run, options, () -> steps(run, data.get(), options, OptionalLong.empty()));
  }

  private static Steps steps(
      AsyncTrainingClient run, LaneDataset data, TrainingOptions options, OptionalLong epoch) {
    AsyncTrainingClient steps = run.unkeyed();
    long seed = options.seed().orElse(run.seed());
    BatchPlan plan = data.plan(options.batchSize(), seed, options.shuffle());
    return Steps.of(
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
    Steps all = steps.get();
    TrainingTally tally = new TrainingTally(all.to - all.from);
    Deque<SignalFuture<TrainBatchResult>> ahead = new ArrayDeque<>();
    try {
      if (options.loss().needsBase()) {
        begin(all.from == 0);
      }
      for (long next = all.from; tally.left() > 0; ) {
        for (; next < all.to && ahead.size() < AHEAD && stop.why() == null; next++) {
          ahead.add(submit(all, next));
          options.submitted().accept(next + 1);
        }
        if (ahead.isEmpty()) {
          stop.check(); // what had begun is done and heard of
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

  private void begin(boolean first) {
    if (first) {
      run.beginTraining(options.loss());
    } else {
      run.resumeTraining(options.loss());
    }
  }

  private SignalFuture<TrainBatchResult> submit(Steps all, long step) {
    double rate = options.optimizer().learningRate() * all.schedule.factor(step);
    return all.batches.submit(
        step, options.loss(), options.optimizer().withLearningRate(rate), stop);
  }

  /** What has begun is waited for, so that nothing changes the run any more. */
  private static void end(SignalFuture<TrainBatchResult> step) {
    if (!step.cancel()) {
      step.toCompletableFuture().exceptionally(failure -> null).join();
    }
  }
}
