package ai.signal.job;

import ai.signal.monitor.StageResult;
import java.io.IOException;

/** Runs one kind of stage. */
@FunctionalInterface
interface StageRunner {
  /**
   * Does the stage and tells what came of it.
   *
   * @throws IOException when the output cannot be written
   */
  StageResult run(JobContext job) throws IOException;

  /**
   * The runner of a stage.
   *
   * @param index of the stage in the spec, from 0
   */
  static StageRunner of(StageSpec stage, int index) {
    if (stage instanceof TrainStage train) {
      return new TrainRunner(train, index);
    }
    if (stage instanceof ReinforceStage reinforce) {
      return new ReinforceRunner(reinforce, index);
    }
    if (stage instanceof EvaluateStage evaluate) {
      return new EvaluateRunner(evaluate, index);
    }
    if (stage instanceof SampleStage sample) {
      return new SampleRunner(sample, index);
    }
    return new SaveRunner((SaveStage) stage);
  }
}
