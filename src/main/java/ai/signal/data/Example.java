package ai.signal.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;

/**
 * One tokenized sequence to learn from: {@code tokens[i]} predicts {@code targetTokens[i]}, which
 * counts {@code weights[i]}. The three arrays have the same length n of at least 1; nobody may
 * change them.
 *
 * @param id what messages call the example, such as {@code file:/data/train.jsonl@1024}
 * @param tokens the input token ids, [n], none negative
 * @param targetTokens the token ids to predict, [n], none negative
 * @param weights the weight of each prediction in the loss, [n], finite and none negative; 0 for a
 *     prompt
 */
@SuppressWarnings("ArrayRecordComponent") // Millions of tokens: lists would box each of them.
public record Example(String id, int[] tokens, int[] targetTokens, float[] weights)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if the arrays are empty, differ in length or hold a value that
   *     is not allowed
   */
  public Example {
    Objects.requireNonNull(id, "id");
    if (tokens.length == 0) {
      throw new IllegalArgumentException("Cannot use example " + id + ": it has no tokens");
    }
    if (targetTokens.length != tokens.length || weights.length != tokens.length) {
      throw new IllegalArgumentException(
          "Cannot use example %s: %d tokens, %d target tokens and %d weights differ in number"
              .formatted(id, tokens.length, targetTokens.length, weights.length));
    }
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || targetTokens[i] < 0) {
        throw new IllegalArgumentException(
            "Cannot use example %s: token %d predicts %d at position %d, and none may be negative"
                .formatted(id, tokens[i], targetTokens[i], i));
      }
      if (!(weights[i] >= 0) || Float.isInfinite(weights[i])) {
        throw new IllegalArgumentException(
            "Cannot use example %s: weight %s at position %d is not a finite number of at least 0"
                .formatted(id, weights[i], i));
      }
    }
  }

  /** The number of positions, n. */
  public int length() {
    return tokens.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Example that
        && id.equals(that.id)
        && Arrays.equals(tokens, that.tokens)
        && Arrays.equals(targetTokens, that.targetTokens)
        && Arrays.equals(weights, that.weights);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        id, Arrays.hashCode(tokens), Arrays.hashCode(targetTokens), Arrays.hashCode(weights));
  }

  @Override
  public String toString() {
    return "Example[" + id + ", " + tokens.length + " tokens]";
  }
}
