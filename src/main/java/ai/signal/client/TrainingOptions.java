package ai.signal.client;

import ai.signal.train.Loss;
import ai.signal.train.Optimizer;
import ai.signal.train.Schedule;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * How a run trains over a data set. An idempotency key ({@link AsyncTrainingClient#keyed}) covers
 * all of it but the functions, {@code schedule} and {@code listener}.
 *
 * @param loss what is minimised
 * @param optimizer with its peak learning rate
 * @param schedule from the number of steps to the learning rate's factor at each of them
 * @param batchSize examples of a step, at least 1; an epoch's last step has the rest
 * @param epochs passes over the data where {@code steps} is not given, at least 1
 * @param steps optimizer steps; takes precedence over {@code epochs}
 * @param shuffle whether every epoch has a seeded order of its own; otherwise the given one
 * @param seed of the order; empty: the run's
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
    Consumer<TrainingProgress> listener) {

  public TrainingOptions {
    positive("batch_size", batchSize);
    positive("epochs", epochs);
    steps.ifPresent(count -> positive("steps", count));
  }

  /**
   * All but the functions, which cannot be compared: what an idempotency key covers of options. A
   * retry with another schedule or listener is the same request.
   */
  List<Object> withoutFunctions() {
    return List.of(
        loss, optimizer.toString(), batchSize, epochs, steps.toString(), shuffle, seed.toString());
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
        progress -> {});
  }

  /**
   * With another learning rate at each step.
   *
   * @param shape given the number of all steps, such as {@code steps -> Schedule.cosine(10, steps)}
   */
  public TrainingOptions withSchedule(LongFunction<Schedule> shape) {
    return new TrainingOptions(
        loss, optimizer, shape, batchSize, epochs, steps, shuffle, seed, listener);
  }

  public TrainingOptions withBatchSize(int examples) {
    return new TrainingOptions(
        loss, optimizer, schedule, examples, epochs, steps, shuffle, seed, listener);
  }

  public TrainingOptions withEpochs(long passes) {
    return new TrainingOptions(
        loss, optimizer, schedule, batchSize, passes, steps, shuffle, seed, listener);
  }

  public TrainingOptions withSteps(long count) {
    return new TrainingOptions(
        loss, optimizer, schedule, batchSize, epochs, Optional.of(count), shuffle, seed, listener);
  }

  public TrainingOptions withShuffle(boolean each) {
    return new TrainingOptions(
        loss, optimizer, schedule, batchSize, epochs, steps, each, seed, listener);
  }

  public TrainingOptions withSeed(long value) {
    return new TrainingOptions(
        loss, optimizer, schedule, batchSize, epochs, steps, shuffle, Optional.of(value), listener);
  }

  public TrainingOptions withListener(Consumer<TrainingProgress> hears) {
    return new TrainingOptions(
        loss, optimizer, schedule, batchSize, epochs, steps, shuffle, seed, hears);
  }
}
