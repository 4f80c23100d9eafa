package ai.signal.train;

import ai.signal.data.Example;
import ai.signal.model.Packing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Examples that go through the model in one packed call.
 *
 * @param packing the tokens of their sequences; for a loss of scores with the last target
 * @param rows [n] places with a target that counts, sequence after sequence; for a loss of scores
 *     the last of each
 * @param targets [n, K] token ids; none for a loss of scores
 * @param weights [n, K] at least one of a row positive
 * @param inputs [n] each, of the loss
 * @param starts [sequences + 1] where each sequence's rows begin, and n
 * @param examples in their order
 */
@SuppressWarnings("ArrayRecordComponent") // handed to native calls as they are
record MicroBatch(
    Packing packing,
    long[] rows,
    long[] targets,
    float[] weights,
    Map<String, float[]> inputs,
    int[] starts,
    List<Example> examples) {
  private static final int NAMED = 8;

  /**
   * Cuts examples, in their order, into micro-batches of at most so many tokens; a longer example
   * stands alone.
   */
  static List<MicroBatch> cut(List<Example> examples, Loss loss, int tokenBudget) {
    List<MicroBatch> batches = new ArrayList<>();
    List<Example> current = new ArrayList<>();
    long tokens = 0;
    for (Example example : examples) {
      int length = example.length() + (loss.needsScores() ? example.lengths().length : 0);
      boolean alike =
          current.isEmpty() || current.get(0).targetsPerPosition() == example.targetsPerPosition();
      if (!current.isEmpty() && (tokens + length > tokenBudget || !alike)) {
        batches.add(of(current, loss));
        current.clear();
        tokens = 0;
      }
      current.add(example);
      tokens += length;
    }
    if (!current.isEmpty()) {
      batches.add(of(current, loss));
    }
    return batches;
  }

  /** The examples, for a message. */
  String names() {
    return names(examples.stream().map(Example::id).toList());
  }

  static String names(List<String> ids) {
    String named = ids.stream().limit(NAMED).collect(Collectors.joining("', '", "'", "'"));
    String more = ids.size() > NAMED ? " and %d more".formatted(ids.size() - NAMED) : "";
    return (ids.size() == 1 ? "example " : "examples ") + named + more;
  }

  private static MicroBatch of(List<Example> examples, Loss loss) {
    List<int[]> sequences = new ArrayList<>();
    for (Example example : examples) {
      int at = 0;
      for (int length : example.lengths()) {
        int[] sequence = Arrays.copyOfRange(example.tokens(), at, at + length);
        at += length;
        if (loss.needsScores()) {
          sequence = Arrays.copyOf(sequence, length + 1);
          sequence[length] = example.targetTokens()[at - 1];
        }
        sequences.add(sequence);
      }
    }
    Packing packing = Packing.of(sequences);
    return loss.needsScores()
        ? ofScores(examples, sequences, packing)
        : ofTargets(examples, sequences, packing, loss);
  }

  private static MicroBatch ofScores(
      List<Example> examples, List<int[]> sequences, Packing packing) {
    int n = sequences.size();
    long[] rows = new long[n];
    float[] weights = new float[n];
    int[] starts = new int[n + 1];
    for (int i = 0; i < n; i++) {
      rows[i] = (long) packing.starts()[i] + sequences.get(i).length - 1;
      weights[i] = 1;
      starts[i + 1] = i + 1;
    }
    return new MicroBatch(
        packing, rows, new long[0], weights, Map.of(), starts, List.copyOf(examples));
  }

  private static MicroBatch ofTargets(
      List<Example> examples, List<int[]> sequences, Packing packing, Loss loss) {
    int k = examples.get(0).targetsPerPosition();
    int n = examples.stream().mapToInt(MicroBatch::weightedPositions).sum();
    long[] rows = new long[n];
    long[] targets = new long[n * k];
    float[] weights = new float[n * k];
    int[] starts = new int[sequences.size() + 1];
    Map<String, float[]> inputs = new HashMap<>();
    loss.inputs().forEach(name -> inputs.put(name, new float[n]));
    int sequence = 0;
    int at = 0;
    for (Example example : examples) {
      int first = 0;
      for (int length : example.lengths()) {
        for (int p = first; p < first + length; p++) {
          if (counts(example, p)) {
            rows[at] = (long) packing.starts()[sequence] + p - first;
            for (int target = 0; target < k; target++) {
              targets[at * k + target] = example.targetTokens()[p * k + target];
              weights[at * k + target] = example.weights()[p * k + target];
            }
            for (Map.Entry<String, float[]> input : inputs.entrySet()) {
              input.getValue()[at] = example.inputs().get(input.getKey())[p];
            }
            at++;
          }
        }
        starts[++sequence] = at;
        first += length;
      }
    }
    return new MicroBatch(packing, rows, targets, weights, inputs, starts, List.copyOf(examples));
  }

  /**
   * Log-probabilities of each example's targets, [n, K]; NaN where none of a position counts. Or
   * the scores of its sequences.
   */
  List<float[]> byExample(float[] logprobs) {
    List<float[]> all = new ArrayList<>();
    int at = 0;
    if (targets.length == 0 && logprobs.length > 0) {
      for (Example example : examples) {
        all.add(Arrays.copyOfRange(logprobs, at, at + example.lengths().length));
        at += example.lengths().length;
      }
      return all;
    }
    for (Example example : examples) {
      int k = example.targetsPerPosition();
      float[] own = new float[example.targetTokens().length];
      Arrays.fill(own, Float.NaN);
      for (int p = 0; p < example.length(); p++) {
        if (counts(example, p)) {
          System.arraycopy(logprobs, at, own, p * k, k);
          at += k;
        }
      }
      all.add(own);
    }
    return all;
  }

  private static int weightedPositions(Example example) {
    int n = 0;
    for (int p = 0; p < example.length(); p++) {
      n += counts(example, p) ? 1 : 0;
    }
    return n;
  }

  private static boolean counts(Example example, int position) {
    int k = example.targetsPerPosition();
    for (int i = position * k; i < (position + 1) * k; i++) {
      if (example.weights()[i] != 0) {
        return true;
      }
    }
    return false;
  }
}
