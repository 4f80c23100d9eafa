package ai.signal.job;

import ai.signal.generate.SamplingParams;
import java.util.List;
import java.util.Optional;

/**
 * Completes prompts and keeps the rows.
 *
 * @param prompts what to complete
 * @param n completions of each prompt
 * @param maxTokens the longest completion
 * @param minTokens tokens before a completion may end; at most {@code maxTokens}
 * @param temperature 0 is greedy
 * @param topK keep the k likeliest tokens; 0 keeps all
 * @param topP keep the likeliest tokens whose probabilities reach p, in (0, 1]
 * @param minP keep tokens at least this likely as the likeliest, in [0, 1]
 * @param repetitionPenalty of tokens in the prompt or the completion; 1 is none
 * @param presencePenalty of tokens in the completion; 0 is none
 * @param frequencyPenalty of tokens in the completion, for every time; 0 is none
 * @param stop texts that end a completion
 * @param stopTokenIds tokens that end a completion, beside EOS
 * @param topLogprobs likeliest tokens to keep beside each of the completion
 * @param promptLogprobs whether to keep the log-probabilities of the prompt
 * @param topPromptLogprobs likeliest tokens to keep beside each of the prompt
 * @param seed of these completions; empty: the job's
 * @param reward of the completions, whose mean is shown
 */
record SampleStage(
    PromptData prompts,
    int n,
    int maxTokens,
    int minTokens,
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    double presencePenalty,
    double frequencyPenalty,
    List<String> stop,
    List<Integer> stopTokenIds,
    int topLogprobs,
    boolean promptLogprobs,
    int topPromptLogprobs,
    Optional<Long> seed,
    Optional<RewardSpec> reward)
    implements StageSpec {
  SampleStage {
    new SamplingParams( // refuses what is out of its range
        maxTokens,
        minTokens,
        n,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        stop,
        stopTokenIds,
        topLogprobs,
        promptLogprobs,
        topPromptLogprobs,
        seed.orElse(0L));
  }

  SampleStage(PromptData prompts) {
    this(
        prompts,
        1,
        64,
        0,
        0,
        0,
        1,
        0,
        1,
        0,
        0,
        List.of(),
        List.of(),
        0,
        false,
        0,
        Optional.empty(),
        Optional.empty());
  }

  /**
   * How to sample.
   *
   * @param jobSeed where the stage has none
   */
  SamplingParams params(long jobSeed) {
    return new SamplingParams(
        maxTokens,
        minTokens,
        n,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        stop,
        stopTokenIds,
        topLogprobs,
        promptLogprobs,
        topPromptLogprobs,
        seed.orElse(jobSeed));
  }
}
