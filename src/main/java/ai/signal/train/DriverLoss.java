package ai.signal.train;

import ai.signal.data.Example;
import java.util.ArrayList;
import java.util.List;

/**
 * A loss that runs on the driver and sees a whole batch at once. It costs a second forward pass;
 * where a loss can look at one micro-batch at a time, a {@link Loss} is cheaper.
 */
@FunctionalInterface
public interface DriverLoss {
  /** What messages call it. */
  default String name() {
    return "custom";
  }

  /**
   * Loss and derivatives of a batch.
   *
   * @param batch with one target per position
   * @param logprobs of each example, [n] log-probabilities of its targets, nats; NaN where the
   *     weight is 0
   */
  Output apply(List<Example> batch, List<float[]> logprobs);

  /**
   * What a loss is for a batch.
   *
   * @param loss the sum
   * @param denominator what the mean divides by
   * @param coefficients of each example, [n]: derivative of {@code loss} by each log-probability;
   *     not looked at where the weight is 0
   */
  record Output(double loss, double denominator, List<float[]> coefficients) {
    /** The batch with the coefficients as an input. */
    public List<Example> weighted(List<Example> batch) {
      if (coefficients.size() != batch.size()) {
        throw new IllegalArgumentException(
            "the loss gave coefficients for %d examples, not %d"
                .formatted(coefficients.size(), batch.size()));
      }
      List<Example> weighted = new ArrayList<>();
      for (int i = 0; i < batch.size(); i++) {
        float[] known = coefficients.get(i).clone();
        for (int p = 0; p < known.length && p < batch.get(i).length(); p++) {
          known[p] = batch.get(i).weights()[p] == 0 ? 0 : known[p];
        }
        weighted.add(batch.get(i).with(LinearLoss.COEFFICIENTS, known));
      }
      return weighted;
    }
  }
}
