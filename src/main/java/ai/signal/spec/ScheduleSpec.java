package ai.signal.spec;

import ai.signal.train.Schedule;

/**
 * The learning rate over the steps of training.
 *
 * @param name the shape after the warm-up
 * @param warmupSteps steps of linear growth to the peak, at least 0
 */
public record ScheduleSpec(Name name, int warmupSteps) {
  public enum Name {
    CONSTANT,
    LINEAR,
    COSINE,
    INVERSE_SQRT
  }

  public ScheduleSpec {
    Check.atLeast("warmup_steps", warmupSteps, 0);
  }

  public ScheduleSpec() {
    this(Name.COSINE, 10);
  }

  /** The schedule over a number of steps. */
  public Schedule schedule(long steps) {
    return switch (name) {
      case CONSTANT -> Schedule.constant(warmupSteps);
      case LINEAR -> Schedule.linear(warmupSteps, steps);
      case COSINE -> Schedule.cosine(warmupSteps, steps);
      case INVERSE_SQRT -> Schedule.inverseSqrt(warmupSteps);
    };
  }
}
