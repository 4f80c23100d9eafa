package ai.signal.job;

import ai.signal.train.Schedule;

/** From a spec to the schedule over a number of steps. */
final class Schedules {
  private Schedules() {}

  static Schedule of(ScheduleSpec spec, long steps) {
    int warmup = spec.warmupSteps();
    return switch (spec.name()) {
      case CONSTANT -> Schedule.constant(warmup);
      case LINEAR -> Schedule.linear(warmup, steps);
      case COSINE -> Schedule.cosine(warmup, steps);
      case INVERSE_SQRT -> Schedule.inverseSqrt(warmup);
    };
  }
}
