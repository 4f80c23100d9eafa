package ai.signal.job;

/**
 * The learning rate over one train stage.
 *
 * @param peak reached at the end of the warm-up
 * @param schedule its shape
 * @param steps of the stage, at least 1
 */
record LearningRate(double peak, ScheduleSpec schedule, long steps) {
  /**
   * The rate of a step.
   *
   * @param step of the stage, from 0; the first one already moves the adapter
   */
  double at(long step) {
    if (step < schedule.warmupSteps()) {
      return peak * (step + 1) / schedule.warmupSteps();
    }
    double done =
        (double) (step - schedule.warmupSteps()) / Math.max(1, steps - schedule.warmupSteps());
    return switch (schedule.name()) {
      case CONSTANT -> peak;
      case LINEAR -> peak * (1 - done);
      case COSINE -> peak * 0.5 * (1 + Math.cos(Math.PI * done));
    };
  }
}
