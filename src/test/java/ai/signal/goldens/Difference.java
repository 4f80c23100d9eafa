package ai.signal.goldens;

import ai.signal.lora.AdapterLayout;

/** How far vectors lie from what they should be. */
final class Difference {
  private Difference() {}

  static double largest(float[] actual, float[] expected) {
    requireSameLength(actual, expected);
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) actual[i] - expected[i]);
      largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
    }
    return largest;
  }

  /** Norm of the difference by norm of what is expected. */
  static double relative(float[] actual, float[] expected) {
    requireSameLength(actual, expected);
    return relative(actual, expected, 0, expected.length);
  }

  /** The largest relative difference of an adapter's tensors, each on its own. */
  static double ofTensors(AdapterLayout layout, float[] actual, float[] expected) {
    requireSameLength(actual, expected);
    double largest = 0;
    for (AdapterLayout.Tensor tensor : layout.tensors()) {
      largest = Math.max(largest, relative(actual, expected, tensor.offset(), tensor.size()));
    }
    return largest;
  }

  private static double relative(float[] actual, float[] expected, int from, int size) {
    double difference = 0;
    double norm = 0;
    for (int i = from; i < from + size; i++) {
      difference += Math.pow((double) actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    double relative = Math.sqrt(difference / norm);
    return Double.isNaN(relative) ? Double.POSITIVE_INFINITY : relative;
  }

  private static void requireSameLength(float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      throw new AssertionError(actual.length + " values instead of " + expected.length);
    }
  }
}
