package ai.signal.train;

import ai.signal.data.Example;
import ai.signal.model.Packing;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Examples that go through the model in one packed call.
 *
 * @param packing their tokens
 * @param rows [n] places whose target counts
 * @param targets [n] token ids
 * @param weights [n] positive
 * @param examples their ids
 */
@SuppressWarnings("ArrayRecordComponent") // handed to native calls as they are
record MicroBatch(
    Packing packing, long[] rows, long[] targets, float[] weights, List<String> examples) {
  private static final int NAMED = 8;

  /**
   * Cuts examples, in their order, into micro-batches of at most so many tokens; a longer example
   * stands alone.
   */
  static List<MicroBatch> cut(List<Example> examples, int tokenBudget) {
    List<MicroBatch> batches = new ArrayList<>();
    List<Example> current = new ArrayList<>();
    long tokens = 0;
    for (Example example : examples) {
      if (!current.isEmpty() && tokens + example.length() > tokenBudget) {
        batches.add(of(current));
        current.clear();
        tokens = 0;
      }
      current.add(example);
      tokens += example.length();
    }
    if (!current.isEmpty()) {
      batches.add(of(current));
    }
    return batches;
  }

  /** The examples, for a message. */
  String names() {
    return names(examples);
  }

  static String names(List<String> ids) {
    String named = ids.stream().limit(NAMED).collect(Collectors.joining("', '", "'", "'"));
    String more = ids.size() > NAMED ? " and %d more".formatted(ids.size() - NAMED) : "";
    return (ids.size() == 1 ? "example " : "examples ") + named + more;
  }

  private static MicroBatch of(List<Example> examples) {
    Packing packing = Packing.of(examples.stream().map(Example::tokens).toList());
    int n = 0;
    for (Example example : examples) {
      n += weightedPositions(example);
    }
    long[] rows = new long[n];
    long[] targets = new long[n];
    float[] weights = new float[n];
    int at = 0;
    for (int e = 0; e < examples.size(); e++) {
      Example example = examples.get(e);
      for (int p = 0; p < example.length(); p++) {
        if (example.weights()[p] != 0) {
          rows[at] = (long) packing.starts()[e] + p;
          targets[at] = example.targetTokens()[p];
          weights[at++] = example.weights()[p];
        }
      }
    }
    return new MicroBatch(
        packing, rows, targets, weights, examples.stream().map(Example::id).toList());
  }

  private static int weightedPositions(Example example) {
    int n = 0;
    for (float weight : example.weights()) {
      if (weight != 0) {
        n++;
      }
    }
    return n;
  }
}
