package ai.signal.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Something to learn from: one tokenized sequence, or several that are never separated, such as the
 * two answers of a preference pair. Position i of n predicts K targets, usually one, each with a
 * weight. Nobody may change the arrays.
 *
 * @param id what messages call the example, such as {@code file:/data/train.jsonl@1024}
 * @param tokens the input token ids of all sequences, [n], none negative
 * @param targetTokens the token ids to predict, [n, K] row-major, none negative, different within a
 *     row
 * @param weights the weight of each prediction in the loss, [n, K], finite and none negative; 0 for
 *     a prompt
 * @param lengths positions of each sequence, none 0; their sum is n
 * @param inputs what a loss reads beside them, [n] each, finite: {@code logprobs} and {@code
 *     advantages} of sampled tokens, {@code coefficients}
 */
@SuppressWarnings("ArrayRecordComponent") // Millions of tokens: lists would box each of them.
public record Example(
    String id,
    int[] tokens,
    int[] targetTokens,
    float[] weights,
    int[] lengths,
    Map<String, float[]> inputs)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if the arrays are empty, differ in length or hold a value that
   *     is not allowed
   */
  public Example {
    Objects.requireNonNull(id, "id");
    inputs = new TreeMap<>(inputs);
    int n = tokens.length;
    if (n == 0) {
      throw refused(id, "it has no tokens");
    }
    if (targetTokens.length == 0
        || targetTokens.length % n != 0
        || weights.length != targetTokens.length) {
      throw refused(
          id,
          "%d tokens, %d target tokens and %d weights differ in number"
              .formatted(n, targetTokens.length, weights.length));
    }
    if (Arrays.stream(lengths).anyMatch(length -> length < 1)
        || Arrays.stream(lengths).asLongStream().sum() != n) {
      throw refused(
          id, "sequences of lengths %s do not make up %d".formatted(Arrays.toString(lengths), n));
    }
    int k = targetTokens.length / n;
    for (int i = 0; i < targetTokens.length; i++) {
      if (tokens[i / k] < 0 || targetTokens[i] < 0) {
        throw refused(
            id,
            "token %d predicts %d at position %d, and none may be negative"
                .formatted(tokens[i / k], targetTokens[i], i / k));
      }
      if (!(weights[i] >= 0) || Float.isInfinite(weights[i])) {
        throw refused(
            id,
            "weight %s at position %d is not a finite number of at least 0"
                .formatted(weights[i], i / k));
      }
      for (int other = i - i % k; other < i; other++) {
        if (targetTokens[other] == targetTokens[i]) {
          throw refused(
              id, "position %d has the target %d twice".formatted(i / k, targetTokens[i]));
        }
      }
    }
    inputs.forEach((name, values) -> check(id, name, values, n));
  }

  /** One sequence. */
  public Example(String id, int[] tokens, int[] targetTokens, float[] weights) {
    this(id, tokens, targetTokens, weights, new int[] {tokens.length}, Map.of());
  }

  private static void check(String id, String name, float[] values, int n) {
    if (values.length != n) {
      throw refused(id, "%d tokens have %d values of '%s'".formatted(n, values.length, name));
    }
    for (int i = 0; i < n; i++) {
      if (!Float.isFinite(values[i])) {
        throw refused(id, "'%s' is %s at position %d, not finite".formatted(name, values[i], i));
      }
    }
  }

  private static IllegalArgumentException refused(String id, String reason) {
    return new IllegalArgumentException("Cannot use example %s: %s".formatted(id, reason));
  }

  /** With another input for the loss, [n]. */
  public Example with(String name, float[] values) {
    Map<String, float[]> all = new TreeMap<>(inputs);
    all.put(name, values);
    return new Example(id, tokens, targetTokens, weights, lengths, all);
  }

  /** Each sequence as an example of its own, for who need not see them together. */
  public List<Example> apart() {
    if (lengths.length == 1) {
      return List.of(this);
    }
    List<Example> parts = new ArrayList<>();
    int k = targetsPerPosition();
    int start = 0;
    for (int length : lengths) {
      int from = start;
      int to = start + length;
      Map<String, float[]> own = new TreeMap<>();
      inputs.forEach((name, values) -> own.put(name, Arrays.copyOfRange(values, from, to)));
      parts.add(
          new Example(
              id,
              Arrays.copyOfRange(tokens, from, to),
              Arrays.copyOfRange(targetTokens, from * k, to * k),
              Arrays.copyOfRange(weights, from * k, to * k),
              new int[] {length},
              own));
      start = to;
    }
    return parts;
  }

  /** The number of positions, n. */
  public int length() {
    return tokens.length;
  }

  /** Targets of a position, K. */
  public int targetsPerPosition() {
    return targetTokens.length / tokens.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Example that
        && id.equals(that.id)
        && Arrays.equals(tokens, that.tokens)
        && Arrays.equals(targetTokens, that.targetTokens)
        && Arrays.equals(weights, that.weights)
        && Arrays.equals(lengths, that.lengths)
        && inputs.keySet().equals(that.inputs.keySet())
        && inputs.entrySet().stream()
            .allMatch(input -> Arrays.equals(input.getValue(), that.inputs.get(input.getKey())));
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        id,
        Arrays.hashCode(tokens),
        Arrays.hashCode(targetTokens),
        Arrays.hashCode(weights),
        Arrays.hashCode(lengths));
  }

  @Override
  public String toString() {
    return "Example[" + id + ", " + tokens.length + " tokens]";
  }
}
