package ai.signal.job;

import ai.signal.cluster.MemoryEstimate;
import ai.signal.data.DataSpec;
import ai.signal.spec.Check;
import ai.signal.spec.LossSpec;
import ai.signal.spec.OptimizerSpec;
import ai.signal.spec.ScheduleSpec;
import ai.signal.spec.SpecException;
import java.util.Optional;

/**
 * Trains the adapter.
 *
 * @param data the examples
 * @param loss what is minimised
 * @param optimizer how the adapter is updated
 * @param schedule how the learning rate moves over the steps of this stage
 * @param batchSize examples per optimizer step, at least the number of lanes
 * @param tokensPerMicrobatch tokens that one lane computes at a time: what bounds its memory
 * @param activationCheckpointing recompute activations in the backward pass: less memory, more time
 * @param epochs passes over the data, where {@code steps} is not given
 * @param steps optimizer steps; takes precedence over {@code epochs}
 * @param checkpoint when the run is saved on the way
 * @param evaluate held-out examples whose loss is measured on the way; null: none
 */
record TrainStage(
    TrainingData data,
    LossSpec loss,
    OptimizerSpec optimizer,
    ScheduleSpec schedule,
    int batchSize,
    int tokensPerMicrobatch,
    boolean activationCheckpointing,
    int epochs,
    Optional<Integer> steps,
    CheckpointSpec checkpoint,
    Optional<EvaluationSpec> evaluate)
    implements StageSpec {

  TrainStage {
    Check.atLeast("batch_size", batchSize, 1);
    Check.atLeast("tokens_per_microbatch", tokensPerMicrobatch, 1);
    Check.atLeast("epochs", epochs, 1);
    steps.ifPresent(count -> Check.atLeast("steps", count, 1));
    loss.name().records(data.format());
    if (checkpoint.keepBest()) {
      require(checkpoint, evaluate);
    }
  }

  /** A checkpoint is the best by an evaluation at its step. */
  private static void require(CheckpointSpec checkpoint, Optional<EvaluationSpec> evaluate) {
    if (evaluate.isEmpty()) {
      throw new SpecException.Value(
          "checkpoint.keep_best", "= true needs evaluations by which it is the best: evaluate");
    }
    int every = evaluate.get().everySteps();
    if (checkpoint.everySteps().isEmpty() || checkpoint.everySteps().get() % every != 0) {
      throw new SpecException.Value(
          "checkpoint.every_steps",
          checkpoint.everySteps().map(String::valueOf).orElse("null"),
          "with keep_best, a multiple of evaluate.every_steps = " + every);
    }
  }

  @Override
  public Optional<CheckpointSpec> saves() {
    return Optional.of(checkpoint);
  }

  /** What is read: the loss says which records it learns, and what they have to bring. */
  DataSpec dataSpec() {
    return data.spec(loss.name().records(data.format()), loss.loss().inputs());
  }

  TrainStage(TrainingData data) {
    this(
        data,
        new LossSpec(LossSpec.Name.CROSS_ENTROPY),
        new OptimizerSpec(),
        new ScheduleSpec(),
        16,
        4096,
        false,
        1,
        Optional.empty(),
        new CheckpointSpec(),
        Optional.empty());
  }

  @Override
  public TrainStage resolve(int positions) {
    return new TrainStage(
        data.resolve(positions),
        loss,
        optimizer,
        schedule,
        batchSize,
        tokensPerMicrobatch,
        activationCheckpointing,
        epochs,
        steps,
        checkpoint,
        evaluate.map(held -> held.resolve(positions)));
  }

  /**
   * Micro-batches as large as they may be, for a memory estimate.
   *
   * @param lanes side by side in one executor
   * @param lanesOfJob all of them
   */
  MemoryEstimate.Work work(int lanes, int lanesOfJob) {
    return new MemoryEstimate.Work(lanes, lanesOfJob, tokensPerMicrobatch, activationCheckpointing);
  }

  /** The first train stage of a job, which decides how its one run computes; else the defaults. */
  static TrainStage firstOf(JobSpec job) {
    return job.stages().stream()
        .filter(TrainStage.class::isInstance)
        .map(TrainStage.class::cast)
        .findFirst()
        .orElseGet(() -> defaults(job));
  }

  /** Those of a job that does not train on records. */
  private static TrainStage defaults(JobSpec job) {
    TrainStage none = new TrainStage(TrainingData.of("none"));
    int tokens =
        job.stages().stream()
            .filter(ReinforceStage.class::isInstance)
            .mapToInt(stage -> ((ReinforceStage) stage).tokensPerMicrobatch())
            .findFirst()
            .orElse(none.tokensPerMicrobatch);
    return new TrainStage(
        none.data,
        none.loss,
        none.optimizer,
        none.schedule,
        none.batchSize,
        tokens,
        none.activationCheckpointing,
        none.epochs,
        none.steps,
        none.checkpoint,
        none.evaluate);
  }
}
