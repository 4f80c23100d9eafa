package ai.signal.job;

import ai.signal.spec.OptimizerSpec;

/** The check that a stage which learns ends with numbers. */
final class Diverged {
  private Diverged() {}

  /**
   * Refuses a stage whose last loss or whose adapter is not finite, or that learned nothing.
   *
   * @param key of the stage, such as {@code stages.1.train}
   * @param end its progress, resumed or not
   * @throws DivergedException where it is
   */
  static void require(JobContext job, String key, OptimizerSpec optimizer, Progress end) {
    if (!Double.isFinite(end.last())) {
      throw refused(
          key,
          optimizer,
          "the loss of step %,d, the last one, is %s".formatted(end.steps(), end.last()));
    }
    if (end.learnedNothing()) {
      throw refused(
          key, optimizer, "none of its steps had a finite gradient, so nothing was learned");
    }
    for (float value : job.run().adapter()) {
      if (!Float.isFinite(value)) {
        throw refused(
            key, optimizer, "after %,d steps the adapter holds %s".formatted(end.steps(), value));
      }
    }
  }

  private static DivergedException refused(String key, OptimizerSpec optimizer, String problem) {
    return new DivergedException(
        "Training diverged in %s: %s; lower %s.optimizer.learning_rate, %s, and start again with --overwrite"
            .formatted(key, problem, key, optimizer.learningRate()));
  }
}
