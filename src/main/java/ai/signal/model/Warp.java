package ai.signal.model;

/**
 * How the next token is drawn from the model's distribution.
 *
 * @param temperature at least 0; 0 takes the most likely token
 * @param topK only the most likely that many; 0 = all
 * @param topP only the smallest set of most likely tokens that reaches this probability, in (0, 1]
 */
public record Warp(double temperature, int topK, double topP) {
  public Warp {
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "Cannot sample: temperature is " + temperature + ", it must be 0 or more");
    }
    if (topK < 0) {
      throw new IllegalArgumentException(
          "Cannot sample: top_k is " + topK + ", it must be 0 (all) or more");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException(
          "Cannot sample: top_p is " + topP + ", it must lie in (0, 1]");
    }
  }
}
