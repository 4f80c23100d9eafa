package ai.signal.model;

import java.io.Serializable;

/**
 * How rotary position embeddings are stretched beyond the context they were trained on: the {@code
 * rope_scaling} of config.json. Every step is float32 and in the order of transformers' {@code
 * modeling_rope_utils}, where {@code a / tensor} is {@code a * (1 / tensor)}. The power is rounded
 * from double; torch's own differs from it by one unit in the last place for about one exponent in
 * a hundred.
 */
public sealed interface RopeScaling extends Serializable {

  /**
   * The angle per position of each pair of channels.
   *
   * @param theta {@code rope_theta}, the base of the geometric series
   * @param headDim channels per attention head, even
   * @return [head_dim / 2], falling
   */
  float[] inverseFrequencies(double theta, int headDim);

  /** Plain rotary embeddings. */
  record None() implements RopeScaling {
    @Override
    public float[] inverseFrequencies(double theta, int headDim) {
      float[] inverse = new float[headDim / 2];
      for (int i = 0; i < inverse.length; i++) {
        float exponent = 2f * i / headDim;
        inverse[i] = 1f / (float) StrictMath.pow((float) theta, exponent);
      }
      return inverse;
    }
  }

  /**
   * Every position divided by a factor.
   *
   * @param factor at least 1
   */
  record Linear(double factor) implements RopeScaling {
    public Linear {
      requireFactor(factor);
    }

    @Override
    public float[] inverseFrequencies(double theta, int headDim) {
      float[] inverse = new None().inverseFrequencies(theta, headDim);
      for (int i = 0; i < inverse.length; i++) {
        inverse[i] /= (float) factor;
      }
      return inverse;
    }
  }

  /**
   * Llama 3.1's: high frequencies are kept, low ones divided by a factor, those between
   * interpolated.
   *
   * @param factor at least 1
   * @param lowFreqFactor wavelengths above {@code originalMaxPositions / lowFreqFactor} are low
   *     frequencies
   * @param highFreqFactor wavelengths below {@code originalMaxPositions / highFreqFactor} are high
   *     ones; above {@code lowFreqFactor}
   * @param originalMaxPositions tokens of context before stretching
   */
  record Llama3(
      double factor, double lowFreqFactor, double highFreqFactor, int originalMaxPositions)
      implements RopeScaling {
    public Llama3 {
      requireFactor(factor);
      if (!(lowFreqFactor > 0
          && highFreqFactor > lowFreqFactor
          && highFreqFactor < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "low_freq_factor is "
                + lowFreqFactor
                + " and high_freq_factor is "
                + highFreqFactor
                + "; both must be positive and the second the greater");
      }
      if (originalMaxPositions < 1) {
        throw new IllegalArgumentException(
            "original_max_position_embeddings is "
                + originalMaxPositions
                + "; it must be positive");
      }
    }

    @Override
    public float[] inverseFrequencies(double theta, int headDim) {
      float[] inverse = new None().inverseFrequencies(theta, headDim);
      float longest = (float) (originalMaxPositions / lowFreqFactor);
      float shortest = (float) (originalMaxPositions / highFreqFactor);
      for (int i = 0; i < inverse.length; i++) {
        float wavelength = 1f / inverse[i] * (float) (2 * Math.PI);
        if (wavelength > longest) {
          inverse[i] /= (float) factor;
        } else if (wavelength >= shortest) {
          float smooth =
              (1f / wavelength * originalMaxPositions - (float) lowFreqFactor)
                  / (float) (highFreqFactor - lowFreqFactor);
          inverse[i] = (1f - smooth) * inverse[i] / (float) factor + smooth * inverse[i];
        }
      }
      return inverse;
    }
  }

  private static void requireFactor(double factor) {
    if (!(factor >= 1 && factor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("factor is " + factor + "; it must be at least 1");
    }
  }
}
