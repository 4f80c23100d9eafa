package ai.signal.generate;

import ai.signal.model.Warp;
import java.io.Serializable;

/**
 * How to sample.
 *
 * @param maxTokens most tokens of a completion, EOS included; at least 1
 * @param temperature at least 0; 0 is greedy
 * @param topK only the most likely that many; 0 = all
 * @param topP only the smallest set of most likely tokens that reaches this probability, in (0, 1]
 * @param seed same seed, same prompt at the same place: same completion, whatever else is sampled
 *     beside it
 */
public record SamplingParams(int maxTokens, double temperature, int topK, double topP, long seed)
    implements Serializable {

  public SamplingParams {
    if (maxTokens < 1) {
      throw new IllegalArgumentException(
          "Cannot sample: max_tokens is " + maxTokens + ", it must be 1 or more");
    }
    new Warp(temperature, topK, topP); // validates
  }

  /** The most likely token each time. */
  public static SamplingParams greedy(int maxTokens) {
    return new SamplingParams(maxTokens, 0, 0, 1, 0);
  }

  /** From the model's own distribution. */
  public static SamplingParams random(int maxTokens, double temperature, long seed) {
    return new SamplingParams(maxTokens, temperature, 0, 1, seed);
  }

  Warp warp() {
    return new Warp(temperature, topK, topP);
  }
}
