package ai.signal.job;

/**
 * The learning rate over the steps of a train stage.
 *
 * @param name the shape after the warm-up
 * @param warmupSteps steps of linear growth to the peak, at least 0
 */
record ScheduleSpec(Name name, int warmupSteps) {
  enum Name {
    CONSTANT,
    LINEAR,
    COSINE,
    INVERSE_SQRT
  }

  ScheduleSpec {
    Check.atLeast("warmup_steps", warmupSteps, 0);
  }

  ScheduleSpec() {
    this(Name.COSINE, 10);
  }
}
