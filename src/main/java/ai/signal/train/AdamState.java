package ai.signal.train;

import ai.signal.cluster.FloatBlocks;
import java.util.Map;

/** Moments of a flat parameter vector, for Adam with either kind of weight decay. */
final class AdamState implements OptimizerState {
  private final Matrices matrices;
  private final float[] mean; // [size] first moment
  private final float[] square; // [size] second moment
  private int steps;

  AdamState(Matrices matrices) {
    this.matrices = matrices;
    this.mean = new float[matrices.size()];
    this.square = new float[mean.length];
  }

  @Override
  public void step(
      Optimizer optimizer, float[] values, float[] gradient, float scale, FloatBlocks copy) {
    steps++;
    Settings settings = Settings.of(LoraPlus.plain(optimizer));
    Rates a = settings.rates(1, steps);
    Rates b = settings.rates(LoraPlus.ratio(optimizer), steps);
    Blocks.forEach(
        values.length,
        (from, to) -> {
          matrices.within(
              from,
              to,
              (start, end, second) ->
                  step(settings, second ? b : a, values, gradient, scale, start, end));
          copy.put(values, from, to);
        });
  }

  @Override
  public int steps() {
    return steps;
  }

  @Override
  public Map<String, float[]> moments() {
    return Map.of("mean", mean, "square", square);
  }

  @Override
  public void restore(int stepsTaken, Map<String, float[]> moments) {
    steps = stepsTaken;
    System.arraycopy(OptimizerState.vector(moments, "mean", mean.length), 0, mean, 0, mean.length);
    System.arraycopy(
        OptimizerState.vector(moments, "square", square.length), 0, square, 0, square.length);
  }

  private void step(
      Settings adam, Rates rates, float[] values, float[] gradient, float scale, int from, int to) {
    float keep = (float) adam.beta2;
    float take = (float) (1 - adam.beta2);
    float lerp = (float) (1 - adam.beta1);
    float epsilon = (float) adam.epsilon;
    float added = (float) adam.addedDecay;
    for (int i = from; i < to; i++) {
      float g = gradient[i] * scale;
      if (added != 0) {
        g += added * values[i];
      }
      mean[i] += lerp * (g - mean[i]);
      square[i] = keep * square[i] + take * g * g;
      float root = (float) Math.sqrt(square[i]) / rates.rootCorrection + epsilon;
      values[i] = values[i] * rates.decay - rates.stepSize * (mean[i] / root);
    }
  }

  /** Factors of one step. */
  private record Rates(float decay, float stepSize, float rootCorrection) {}

  /**
   * What Adam and AdamW have in common.
   *
   * @param decoupledDecay multiplies the values
   * @param addedDecay joins the gradient
   */
  private record Settings(
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double decoupledDecay,
      double addedDecay) {

    static Settings of(Optimizer optimizer) {
      if (optimizer instanceof Adam adam) {
        return new Settings(
            adam.learningRate(), adam.beta1(), adam.beta2(), adam.epsilon(), 0, adam.weightDecay());
      }
      AdamW adamW = (AdamW) optimizer;
      return new Settings(
          adamW.learningRate(),
          adamW.beta1(),
          adamW.beta2(),
          adamW.epsilon(),
          adamW.weightDecay(),
          0);
    }

    Rates rates(double ratio, int steps) {
      double rate = learningRate * ratio;
      return new Rates(
          (float) (1 - rate * decoupledDecay),
          (float) (rate / (1 - Math.pow(beta1, steps))),
          (float) Math.sqrt(1 - Math.pow(beta2, steps)));
    }
  }
}
