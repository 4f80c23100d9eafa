package ai.signal.generate;

import ai.signal.model.SettingException;
import ai.signal.model.Warp;
import java.io.Serializable;
import java.util.List;

/**
 * How to sample.
 *
 * @param maxTokens most tokens of a completion, EOS included; at least 1
 * @param minTokens tokens before EOS or one of {@code stopTokenIds} may be taken and {@code stop}
 *     is looked for; at most {@code maxTokens}
 * @param n completions of each prompt, at least 1; the prompt is computed once for all
 * @param temperature at least 0; 0 is greedy
 * @param topK only the most likely that many; 0 = all
 * @param topP only the smallest set of most likely tokens that reaches this probability, in (0, 1]
 * @param minP only tokens at least this likely as the most likely one, in [0, 1]
 * @param repetitionPenalty see {@link Warp}; positive, 1 = none
 * @param presencePenalty see {@link Warp}; 0 = none
 * @param frequencyPenalty see {@link Warp}; 0 = none
 * @param stop texts that end a completion, which is given up to the first of them
 * @param stopTokenIds tokens that end a completion beside the model's EOS
 * @param topLogprobs most likely tokens to report beside each sampled one, 0 to {@value #MOST_TOP}
 * @param promptLogprobs whether to report the log-probabilities of the prompt's own tokens
 * @param topPromptLogprobs most likely tokens to report beside each of the prompt, 0 to {@value
 *     #MOST_TOP}
 * @param seed same seed, same prompt: same completions, whatever is sampled beside them
 */
public record SamplingParams(
    int maxTokens,
    int minTokens,
    int n,
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
    long seed)
    implements Serializable {
  /** Most likely tokens that can be asked for. */
  public static final int MOST_TOP = 20;

  public SamplingParams {
    stop = List.copyOf(stop);
    stopTokenIds = List.copyOf(stopTokenIds);
    require(maxTokens >= 1, "max_tokens", maxTokens, "1 or more");
    require(
        minTokens >= 0 && minTokens <= maxTokens,
        "min_tokens",
        minTokens,
        "a whole number from 0 to max_tokens, " + maxTokens);
    require(n >= 1, "n", n, "1 or more");
    require(stop.stream().noneMatch(String::isEmpty), "stop", stop, "texts that are not empty");
    require(
        stopTokenIds.stream().allMatch(id -> id >= 0), "stop_token_ids", stopTokenIds, "token ids");
    require(
        topLogprobs >= 0 && topLogprobs <= MOST_TOP,
        "top_logprobs",
        topLogprobs,
        "a whole number from 0 to " + MOST_TOP);
    require(
        topPromptLogprobs >= 0 && topPromptLogprobs <= MOST_TOP,
        "top_prompt_logprobs",
        topPromptLogprobs,
        "a whole number from 0 to " + MOST_TOP);
    new Warp( // validates
        temperature, topK, topP, minP, repetitionPenalty, presencePenalty, frequencyPenalty);
  }

  private static void require(boolean holds, String key, Object value, String allowed) {
    if (!holds) {
      throw new SettingException(key, value, allowed);
    }
  }

  /** The most likely token each time. */
  public static SamplingParams greedy(int maxTokens) {
    return of(maxTokens).temperature(0).build();
  }

  /** From the model's own distribution. */
  public static SamplingParams random(int maxTokens, double temperature, long seed) {
    return of(maxTokens).temperature(temperature).seed(seed).build();
  }

  /** The same for completions that may not be longer, whatever these parameters allow. */
  public SamplingParams upTo(int most) {
    return new SamplingParams(
        Math.min(maxTokens, most),
        Math.min(minTokens, most),
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
        seed);
  }

  Warp warp() {
    return new Warp(
        temperature, topK, topP, minP, repetitionPenalty, presencePenalty, frequencyPenalty);
  }

  /** At temperature 1, whatever is not set. */
  public static Builder of(int maxTokens) {
    return new Builder(maxTokens);
  }

  /** Collects what differs from the defaults. */
  public static final class Builder {
    private final int maxTokens;
    private int minTokens;
    private int n = 1;
    private double temperature = 1;
    private int topK;
    private double topP = 1;
    private double minP;
    private double repetitionPenalty = 1;
    private double presencePenalty;
    private double frequencyPenalty;
    private List<String> stop = List.of();
    private List<Integer> stopTokenIds = List.of();
    private int topLogprobs;
    private boolean promptLogprobs;
    private int topPromptLogprobs;
    private long seed;

    private Builder(int maxTokens) {
      this.maxTokens = maxTokens;
    }

    public Builder minTokens(int value) {
      minTokens = value;
      return this;
    }

    public Builder n(int value) {
      n = value;
      return this;
    }

    public Builder temperature(double value) {
      temperature = value;
      return this;
    }

    public Builder topK(int value) {
      topK = value;
      return this;
    }

    public Builder topP(double value) {
      topP = value;
      return this;
    }

    public Builder minP(double value) {
      minP = value;
      return this;
    }

    public Builder repetitionPenalty(double value) {
      repetitionPenalty = value;
      return this;
    }

    public Builder presencePenalty(double value) {
      presencePenalty = value;
      return this;
    }

    public Builder frequencyPenalty(double value) {
      frequencyPenalty = value;
      return this;
    }

    public Builder stop(List<String> value) {
      stop = value;
      return this;
    }

    public Builder stopTokenIds(List<Integer> value) {
      stopTokenIds = value;
      return this;
    }

    public Builder topLogprobs(int value) {
      topLogprobs = value;
      return this;
    }

    public Builder promptLogprobs(boolean value) {
      promptLogprobs = value;
      return this;
    }

    public Builder topPromptLogprobs(int value) {
      topPromptLogprobs = value;
      return this;
    }

    public Builder seed(long value) {
      seed = value;
      return this;
    }

    public SamplingParams build() {
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
          seed);
    }
  }
}
