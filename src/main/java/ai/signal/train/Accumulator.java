package ai.signal.train;

import ai.signal.cluster.LaneSum;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Gradient sums of all forward_backward calls since the last optim_step, with what their mean
 * divides by.
 */
final class Accumulator {
  private final float[] gradient; // [size]; of no meaning before the first call
  private final Set<String> losses = new HashSet<>();
  private double squares;
  private double denominator;
  private long tokens;
  private int calls;

  Accumulator(int size) {
    this.gradient = new float[size];
  }

  /** Adds the lanes of one call: {@code gradient + (l0 + l1 + ...)}, in one pass over memory. */
  void add(String loss, List<LaneResult> lanes, LaneSum sum) {
    boolean first = calls == 0;
    squares =
        Blocks.sum(
            gradient.length,
            (from, to) -> {
              if (first) {
                sum.copy(gradient, from, to);
              } else {
                sum.add(gradient, from, to);
              }
              return squares(from, to);
            });
    for (LaneResult lane : lanes) {
      denominator += lane.denominator();
      tokens += lane.tokens();
    }
    losses.add(loss);
    calls++;
  }

  /** Four sums at once: one alone would wait for each of its additions. */
  private double squares(int from, int to) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      a += (double) gradient[i] * gradient[i];
      b += (double) gradient[i + 1] * gradient[i + 1];
      c += (double) gradient[i + 2] * gradient[i + 2];
      d += (double) gradient[i + 3] * gradient[i + 3];
    }
    for (; i < to; i++) {
      a += (double) gradient[i] * gradient[i];
    }
    return a + b + (c + d);
  }

  float[] gradient() {
    return gradient;
  }

  /** Euclidean. */
  double norm() {
    return Math.sqrt(squares);
  }

  double denominator() {
    return denominator;
  }

  long tokens() {
    return tokens;
  }

  /** Calls since the last clear. */
  int calls() {
    return calls;
  }

  Set<String> losses() {
    return losses;
  }

  /** What the gradient's meaning depends on. */
  RunState.Accumulated accumulated() {
    return new RunState.Accumulated(
        calls, losses.stream().sorted().toList(), squares, denominator, tokens);
  }

  /** Goes on from where another one was. */
  void restore(RunState.Accumulated of, float[] sum) {
    clear();
    if (of.calls() > 0) {
      System.arraycopy(sum, 0, gradient, 0, gradient.length);
      losses.addAll(of.losses());
      squares = of.squares();
      denominator = of.denominator();
      tokens = of.tokens();
      calls = of.calls();
    }
  }

  void clear() {
    losses.clear();
    squares = 0;
    denominator = 0;
    tokens = 0;
    calls = 0;
  }
}
