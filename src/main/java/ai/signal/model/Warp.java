package ai.signal.model;

/**
 * How the next token is drawn from the model's distribution, in this order: penalties, temperature,
 * top-k, top-p, min-p, as transformers has them.
 *
 * @param temperature at least 0; 0 takes the most likely token
 * @param topK only the most likely that many; 0 = all
 * @param topP only the smallest set of most likely tokens that reaches this probability, in (0, 1]
 * @param minP only tokens at least this likely as the most likely one, in [0, 1]
 * @param repetitionPenalty divides positive logits of tokens in the prompt or the completion and
 *     multiplies negative ones (Keskar et al. 2019, as transformers); positive, 1 = none
 * @param presencePenalty taken off the logit of every token in the completion (as OpenAI)
 * @param frequencyPenalty the same for every time that it stands there
 */
public record Warp(
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    double presencePenalty,
    double frequencyPenalty) {
  public Warp {
    require(finite(temperature) && temperature >= 0, "temperature", temperature, "0 or more");
    require(topK >= 0, "top_k", topK, "0 (all) or more");
    require(topP > 0 && topP <= 1, "top_p", topP, "a number above 0 and up to 1");
    require(minP >= 0 && minP <= 1, "min_p", minP, "a number from 0 to 1");
    require(
        finite(repetitionPenalty) && repetitionPenalty > 0,
        "repetition_penalty",
        repetitionPenalty,
        "above 0 (1 = none)");
    require(finite(presencePenalty), "presence_penalty", presencePenalty, "a number (0 = none)");
    require(finite(frequencyPenalty), "frequency_penalty", frequencyPenalty, "a number (0 = none)");
  }

  /** The most likely token each time. */
  public static final Warp GREEDY = random(0);

  /** The model's own distribution at a temperature. */
  public static Warp random(double temperature) {
    return new Warp(temperature, 0, 1, 0, 1, 0, 0);
  }

  /** Whether it looks at the tokens that are there already. */
  public boolean penalizes() {
    return repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0;
  }

  private static boolean finite(double value) {
    return Double.isFinite(value);
  }

  private static void require(boolean holds, String key, Number value, String allowed) {
    if (!holds) {
      throw new SettingException(key, value, allowed);
    }
  }
}
