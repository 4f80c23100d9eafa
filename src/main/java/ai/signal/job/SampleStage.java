package ai.signal.job;

import ai.signal.spec.Check;
import ai.signal.spec.SpecException;
import java.util.Optional;

/**
 * Completes prompts and keeps the rows.
 *
 * @param prompts what to complete
 * @param maxTokens the longest completion
 * @param temperature 0 is greedy
 * @param topK keep the k likeliest tokens; 0 keeps all
 * @param topP keep the likeliest tokens whose probabilities reach p, in (0, 1]
 * @param reward of the completions, whose mean is shown; null: none
 */
record SampleStage(
    PromptData prompts,
    int maxTokens,
    double temperature,
    int topK,
    double topP,
    Optional<RewardSpec> reward)
    implements StageSpec {
  SampleStage {
    Check.atLeast("max_tokens", maxTokens, 1);
    Check.notNegative("temperature", temperature);
    Check.atLeast("top_k", topK, 0);
    if (!(topP > 0 && topP <= 1)) {
      throw new SpecException.Value("top_p", topP, "a number above 0 and up to 1");
    }
  }

  SampleStage(PromptData prompts) {
    this(prompts, 64, 0, 0, 1, Optional.empty());
  }
}
