package ai.signal.train;

import java.io.Serializable;
import java.util.Map;
import java.util.Set;

/**
 * A loss as a pure function of log-probabilities, or of scores, run on the executors between
 * forward and backward. Values are sums over positions or sequences; the run divides once by the
 * sum of denominators, or not at all.
 */
public interface Loss extends Serializable {
  /** Its name in a job spec and in messages. */
  String name();

  /**
   * Inputs that each example has to bring beside its targets and weights: see {@link
   * ai.signal.data.Example#inputs}.
   */
  default Set<String> inputs() {
    return Set.of();
  }

  /** Whether it reads {@link LossInput#base}, which costs a forward pass of the reference. */
  default boolean needsBase() {
    return false;
  }

  /** The model whose log-probabilities {@link LossInput#base} has, for a loss that reads them. */
  default Reference reference() {
    return Reference.BASE;
  }

  /**
   * Whether it reads the score head instead of the output head: one score for each sequence, where
   * log-probabilities otherwise stand, from the hidden state of the last token. That is the last
   * target, since an example's tokens end before it. Weights do not matter then.
   */
  default boolean needsScores() {
    return false;
  }

  /** The number of sequences that an example has to have; 0: any. */
  default int sequences() {
    return 0;
  }

  /**
   * Whether it is a sum over positions, so that the sequences of an example may be computed apart:
   * a group of answers then takes no more memory than one of them.
   */
  default boolean ofPositions() {
    return false;
  }

  /**
   * Loss and derivative of some positions.
   *
   * @throws IllegalArgumentException saying what is wrong with the input: it is refused, not tried
   *     again
   */
  Output apply(LossInput input);

  /**
   * What a loss is at some positions.
   *
   * @param loss the sum
   * @param denominator what the mean divides by
   * @param coefficients [n, K] row-major: derivative of {@code loss} by each log-probability, or
   *     score
   * @param metrics what else is worth knowing, by name
   */
  @SuppressWarnings("ArrayRecordComponent") // handed to a native call as it is
  record Output(double loss, double denominator, float[] coefficients, Map<String, Mean> metrics) {
    public Output(double loss, double denominator, float[] coefficients) {
      this(loss, denominator, coefficients, Map.of());
    }
  }
}
