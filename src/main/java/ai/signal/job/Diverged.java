package ai.signal.job;

import ai.signal.spec.Names;
import ai.signal.spec.OptimizerSpec;

/** Checks that stages end with finite numbers. */
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
    boolean never = end.steps() > 0 && !Double.isFinite(end.first());
    if (never && (end.learnedNothing() || !Double.isFinite(end.last()))) {
      throw ofTheModel(
          job,
          "train in " + key,
          "the loss of its step 1 is %s".formatted(end.first()),
          end.steps());
    }
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

  /**
   * Refuses an evaluation whose loss is not finite.
   *
   * @param key of the stage, such as {@code stages.0.evaluate}
   * @throws DivergedException where it is not
   */
  static void requireLoss(JobContext job, String key, double loss) {
    if (!Double.isFinite(loss)) {
      throw ofTheModel(job, "evaluate in " + key, "the loss is %s".formatted(loss), 0);
    }
  }

  /**
   * Numbers that were not finite before the stage changed the adapter.
   *
   * @param own steps of the stage itself
   */
  private static DivergedException ofTheModel(
      JobContext job, String operation, String problem, long own) {
    long before = job.run().step() - own;
    if (before > 0) {
      return new DivergedException(
          "Cannot %s: %s, after %,d steps of earlier stages; lower their optimizer.learning_rate and start again with --overwrite"
              .formatted(operation, problem, before),
          false);
    }
    String adapter =
        job.spec().lora().init().map(" or the adapter of lora.init = '%s'"::formatted).orElse("");
    return new DivergedException(
        "Cannot %s: %s before anything is learned, so the base model '%s'%s gives numbers that are not finite; download it again, or compute in another model.dtype than %s"
            .formatted(
                operation,
                problem,
                job.spec().model().base(),
                adapter,
                Names.of(job.spec().model().dtype())),
        true);
  }

  private static DivergedException refused(String key, OptimizerSpec optimizer, String problem) {
    return new DivergedException(
        "Training diverged in %s: %s; lower %s.optimizer.learning_rate, %s, and start again with --overwrite"
            .formatted(key, problem, key, optimizer.learningRate()),
        false);
  }
}
