package ai.signal.job;

import ai.signal.checkpoint.Retention;
import ai.signal.spec.Check;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * When a stage that learns saves its run, and which checkpoints stay. It is saved at the stage's
 * end, too, and when the driver is asked to stop.
 *
 * @param everySteps optimizer steps of the stage between two checkpoints; null: none
 * @param everyMinutes minutes after which a checkpoint follows the one before, above 0; null: none
 * @param keep how many of the newest stay, at least 1
 * @param keepEvery each checkpoint stays whose step of the run is a multiple of this; null: none
 * @param keepBest whether the best one stays: of a train stage by its evaluations' loss, of a
 *     reinforce stage by the reward
 */
record CheckpointSpec(
    Optional<Integer> everySteps,
    Optional<Double> everyMinutes,
    int keep,
    Optional<Integer> keepEvery,
    boolean keepBest) {

  CheckpointSpec {
    everySteps.ifPresent(steps -> Check.atLeast("every_steps", steps, 1));
    everyMinutes.ifPresent(minutes -> Check.positive("every_minutes", minutes));
    Check.atLeast("keep", keep, 1);
    keepEvery.ifPresent(steps -> Check.atLeast("keep_every", steps, 1));
  }

  CheckpointSpec() {
    this(Optional.empty(), Optional.of(10.0), 2, Optional.empty(), false);
  }

  /**
   * Whether a step is saved.
   *
   * @param step of the stage, from 1
   * @param steps of the whole stage
   * @param since the checkpoint before
   */
  boolean due(long step, long steps, Duration since) {
    return step == steps
        || (everySteps.isPresent() && step % everySteps.get() == 0)
        || (everyMinutes.isPresent() && since.toNanos() >= everyMinutes.get() * 60e9);
  }

  /**
   * What stays.
   *
   * @param best by what the best ones are known, of this stage and others
   */
  Retention retention(List<Retention.Best> best) {
    return new Retention(keep, best, keepEvery.orElse(0));
  }
}
