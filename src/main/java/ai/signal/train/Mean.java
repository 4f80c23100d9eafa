package ai.signal.train;

import java.io.Serializable;

/**
 * A mean that can be added up over micro-batches and lanes.
 *
 * @param sum of the values
 * @param count of them
 */
public record Mean(double sum, double count) implements Serializable {
  /** Of both together. */
  public Mean plus(Mean other) {
    return new Mean(sum + other.sum, count + other.count);
  }

  /** NaN where there are no values. */
  public double value() {
    return sum / count;
  }
}
