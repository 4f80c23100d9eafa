package ai.signal.job;

import ai.signal.spec.Check;
import ai.signal.spec.LossSpec;
import ai.signal.spec.Names;
import ai.signal.spec.OptimizerSpec;
import ai.signal.spec.ScheduleSpec;
import ai.signal.spec.SpecException;
import java.util.Optional;

/**
 * Teaches the adapter what is rewarded: in each step it answers prompts, each several times, and
 * learns from the answers that were better than the others to the same prompt.
 *
 * @param prompts what is answered
 * @param reward of an answer
 * @param groupSize answers to a prompt, at least 2
 * @param batchSize prompts of a step
 * @param loss on the tokens of the answers
 * @param optimizer how the adapter is updated
 * @param schedule how the learning rate moves over the steps of this stage
 * @param maxTokens the longest answer
 * @param temperature of the answers, above 0
 * @param tokensPerMicrobatch tokens that one lane computes at a time
 * @param steps optimizer steps
 * @param targetReward mean reward of a step that is enough: the stage ends there; null: never
 * @param checkpoint when the run is saved on the way
 */
record ReinforceStage(
    PromptData prompts,
    RewardSpec reward,
    int groupSize,
    int batchSize,
    LossSpec loss,
    OptimizerSpec optimizer,
    ScheduleSpec schedule,
    int maxTokens,
    double temperature,
    int tokensPerMicrobatch,
    int steps,
    Optional<Double> targetReward,
    CheckpointSpec checkpoint)
    implements StageSpec {

  ReinforceStage {
    Check.atLeast("group_size", groupSize, 2);
    Check.atLeast("batch_size", batchSize, 1);
    Check.atLeast("max_tokens", maxTokens, 1);
    Check.positive("temperature", temperature);
    Check.atLeast("tokens_per_microbatch", tokensPerMicrobatch, 1);
    Check.atLeast("steps", steps, 1);
    if (!loss.name().ofSamples()) {
      throw new SpecException.Value(
          "loss.name",
          Names.of(loss.name()),
          "importance_sampling, ppo, cispo, dro (the others learn from records: train)");
    }
  }

  ReinforceStage(PromptData prompts, RewardSpec reward) {
    this(
        prompts,
        reward,
        8,
        16,
        new LossSpec(LossSpec.Name.PPO),
        new OptimizerSpec(),
        new ScheduleSpec(ScheduleSpec.Name.CONSTANT, 5),
        64,
        1,
        4096,
        100,
        Optional.empty(),
        new CheckpointSpec());
  }

  @Override
  public Optional<CheckpointSpec> saves() {
    return Optional.of(checkpoint);
  }
}
