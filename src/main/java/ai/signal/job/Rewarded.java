package ai.signal.job;

import ai.signal.data.DataException;
import ai.signal.data.Example;
import ai.signal.data.Examples;
import ai.signal.data.Prompt;
import ai.signal.generate.Completion;
import ai.signal.spec.Names;
import ai.signal.train.Advantages;
import ai.signal.train.Reward;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers to prompts and what they were worth.
 *
 * @param mean reward of all
 * @param examples those that differ from others of their group, with their advantages
 */
record Rewarded(double mean, List<Example> examples) {
  /**
   * Nothing, where each prompt has what the reward needs.
   *
   * @throws DataException otherwise
   */
  static void check(RewardSpec reward, List<Prompt> prompts, String name) {
    if (!reward.needsReference()) {
      return;
    }
    for (Prompt prompt : prompts) {
      if (prompt.completion().isEmpty()) {
        throw new DataException(
            "Cannot reward answers to %s: %s has no 'completion', which %s compares with"
                .formatted(name, prompt.id(), Names.of(reward.name())));
      }
    }
  }

  /** A completion's reward. */
  static double of(Reward reward, Prompt prompt, Completion completion) {
    return reward.of(prompt.prompt(), completion.completion(), prompt.completion());
  }

  /**
   * Groups of answers.
   *
   * @param prompts one of each group
   * @param completions group after group
   */
  static Rewarded of(
      List<Prompt> prompts, List<Completion> completions, int groupSize, Reward reward) {
    double sum = 0;
    List<Example> examples = new ArrayList<>();
    for (int group = 0; group < prompts.size(); group++) {
      Prompt prompt = prompts.get(group);
      double[] rewards = new double[groupSize];
      for (int i = 0; i < groupSize; i++) {
        rewards[i] = of(reward, prompt, completions.get(group * groupSize + i));
        sum += rewards[i];
      }
      double[] advantages = Advantages.ofGroup(rewards, true);
      for (int i = 0; i < groupSize; i++) {
        if (advantages[i] != 0) {
          Completion completion = completions.get(group * groupSize + i);
          examples.add(
              Examples.ofSampled(
                  prompt.id() + "#" + i,
                  completion.promptTokenIds(),
                  completion.tokenIds(),
                  completion.logprobs(),
                  advantages[i]));
        }
      }
    }
    return new Rewarded(sum / completions.size(), examples);
  }
}
