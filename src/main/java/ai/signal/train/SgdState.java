package ai.signal.train;

import ai.signal.cluster.FloatBlocks;
import java.util.Map;

/** The momentum of a flat parameter vector. */
final class SgdState implements OptimizerState {
  private final Matrices matrices;
  private float[] momentum; // [size]; null before the first step that has one

  SgdState(Matrices matrices) {
    this.matrices = matrices;
  }

  @Override
  public void step(
      Optimizer optimizer, float[] values, float[] gradient, float scale, FloatBlocks copy) {
    Sgd sgd = (Sgd) LoraPlus.plain(optimizer);
    boolean first = momentum == null && sgd.momentum() > 0;
    if (first) {
      momentum = new float[values.length];
    }
    float rateA = (float) sgd.learningRate();
    float rateB = (float) (sgd.learningRate() * LoraPlus.ratio(optimizer));
    Blocks.forEach(
        values.length,
        (from, to) -> {
          matrices.within(
              from,
              to,
              (start, end, b) ->
                  step(sgd, first, b ? rateB : rateA, values, gradient, scale, start, end));
          copy.put(values, from, to);
        });
  }

  @Override
  public int steps() {
    return 0; // none of its numbers depends on them
  }

  @Override
  public Map<String, float[]> moments() {
    return momentum == null ? Map.of() : Map.of("momentum", momentum);
  }

  @Override
  public void restore(int steps, Map<String, float[]> moments) {
    momentum =
        moments.isEmpty()
            ? null
            : OptimizerState.vector(moments, "momentum", matrices.size()).clone();
  }

  private void step(
      Sgd sgd,
      boolean first,
      float rate,
      float[] values,
      float[] gradient,
      float scale,
      int from,
      int to) {
    float decay = (float) sgd.weightDecay();
    float keep = (float) sgd.momentum();
    for (int i = from; i < to; i++) {
      float g = gradient[i] * scale;
      if (decay != 0) {
        g += decay * values[i];
      }
      if (keep != 0) {
        momentum[i] = first ? g : keep * momentum[i] + g;
        g = sgd.nesterov() ? g + keep * momentum[i] : momentum[i];
      }
      values[i] -= rate * g;
    }
  }
}
