package ai.signal.job;

import ai.signal.spec.Names;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One step of a job, written as a mapping of its name to its keys: {@code - train: {data: ...}}.
 */
sealed interface StageSpec
    permits TrainStage, ReinforceStage, EvaluateStage, SampleStage, SaveStage {
  /** What a stage may be called. */
  List<String> NAMES =
      Arrays.stream(StageSpec.class.getPermittedSubclasses()).map(StageSpec::name).toList();

  /** The name of a stage in a spec: {@code TrainStage} is {@code train}. */
  static String name(Class<?> stage) {
    return Names.variant(stage);
  }

  /** When it saves the run: of stages that learn, and no others. */
  default Optional<CheckpointSpec> saves() {
    return Optional.empty();
  }

  /**
   * With everything that depends on the model written out.
   *
   * @param positions that the model has
   */
  default StageSpec resolve(int positions) {
    return this;
  }
}
