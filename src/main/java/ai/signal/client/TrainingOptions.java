package ai.signal.client;

import ai.signal.train.Loss;
import ai.signal.train.Optimizer;
import ai.signal.train.Schedule;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * How a run trains over a data set. An idempotency key ({@link AsyncTrainingClient#keyed}) covers
 * all of it but the functions, {@code schedule}, {@code submitted} and {@code listener}.
 *
 * @param loss what is minimised
 * @param optimizer with its peak learning rate
 * @param schedule from the number of steps to the learning rate's factor at each of them
 * @param batchSize examples of a step, at least 1; an epoch's last step has the rest
 * @param epochs passes over the data where {@code steps} is not given, at least 1
 * @param steps optimizer steps; takes precedence over {@code epochs}
 * @param shuffle whether every epoch has a seeded order of its own; otherwise the given one
 * @param seed of the order; empty: the run's
 * @param firstStep steps of all these that were done before; training goes on behind them
 * @param submitted told the number of each step, from 1 among all, when it is submitted: what is
 *     submitted to the run meanwhile sees it as that step leaves it
 * @param listener hears of every step when it is done, in order
 */
public record TrainingOptions(
    Loss loss,
    Optimizer optimizer,
    LongFunction<Schedule> schedule,
    int batchSize,
    long epochs,
    Optional<Long> steps,
    boolean shuffle,
    Optional<Long> seed,
    long firstStep,
    LongConsumer submitted,
    Consumer<TrainingProgress> listener) {

  public TrainingOptions {
    positive("batch_size", batchSize);
    positive("epochs", epochs);
    steps.ifPresent(count -> positive("steps", count));
    if (firstStep < 0) {
      throw new IllegalArgumentException(
          "Cannot train: first_step is " + firstStep + ", it must be 0 or more");
    }
  }

  /**
   * All but the functions, which cannot be compared: what an idempotency key covers of options. A
   * retry with others is the same request.
   */
  List<Object> withoutFunctions() {
    return List.of(
        loss,
        optimizer.toString(),
        batchSize,
        epochs,
        steps.toString(),
        shuffle,
        seed.toString(),
        firstStep);
  }

  private static void positive(String key, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "Cannot train: " + key + " is " + value + ", it must be 1 or more");
    }
  }

  /** One epoch in batches of 16, shuffled, at the optimizer's learning rate. */
  public static TrainingOptions of(Loss loss, Optimizer optimizer) {
    return new TrainingOptions(
        loss,
        optimizer,
        steps -> Schedule.constant(0),
        16,
        1,
        Optional.empty(),
        true,
        Optional.empty(),
        0,
        step -> {},
        progress -> {});
  }

  /**
   * With another learning rate at each step.
   *
   * @param shape given the number of all steps, such as {@code steps -> Schedule.cosine(10, steps)}
   */
  public TrainingOptions withSchedule(LongFunction<Schedule> shape) {
    return new TrainingOptions(
        loss, optimizer, shape, batchSize, epochs, steps, shuffle, seed, firstStep, submitted,
        listener);
  }

  public TrainingOptions withBatchSize(int examples) {
    return new TrainingOptions(
        loss, optimizer, schedule, examples, epochs, steps, shuffle, seed, firstStep, submitted,
        listener);
  }

  public TrainingOptions withEpochs(long passes) {
    return new TrainingOptions(
        loss, optimizer, schedule, batchSize, passes, steps, shuffle, seed, firstStep, submitted,
        listener);
  }

  public TrainingOptions withSteps(long count) {
    return new TrainingOptions(
        loss,
        optimizer,
        schedule,
        batchSize,
        epochs,
        Optional.of(count),
        shuffle,
        seed,
        firstStep,
        submitted,
        listener);
  }

  public TrainingOptions withShuffle(boolean each) {
    return new TrainingOptions(
        loss, optimizer, schedule, batchSize, epochs, steps, each, seed, firstStep, submitted,
        listener);
  }

  public TrainingOptions withSeed(long value) {
    return new TrainingOptions(
        loss,
        optimizer,
        schedule,
        batchSize,
        epochs,
        steps,
        shuffle,
        Optional.of(value),
        firstStep,
        submitted,
        listener);
  }

  /** Behind steps that a run which goes on from a checkpoint has done already. */
  public TrainingOptions withFirstStep(long done) {
    return new TrainingOptions(
        loss, optimizer, schedule, batchSize, epochs, steps, shuffle, seed, done, submitted,
        listener);
  }

  /** With whoever submits operations between steps, such as checkpoints and evaluations. */
  public TrainingOptions withSubmitted(LongConsumer told) {
    return new TrainingOptions(
        loss, optimizer, schedule, batchSize, epochs, steps, shuffle, seed, firstStep, told,
        listener);
  }

  public TrainingOptions withListener(Consumer<TrainingProgress> hears) {
    return new TrainingOptions(
        loss, optimizer, schedule, batchSize, epochs, steps, shuffle, seed, firstStep, submitted,
        hears);
  }
}
