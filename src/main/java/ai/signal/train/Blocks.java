package ai.signal.train;

import java.util.stream.IntStream;

/**
 * Flat vectors in blocks of a fixed size: spread over cores, with results that do not depend on how
 * many there are.
 */
final class Blocks {
  private static final int SIZE = 1 << 16;

  private Blocks() {}

  @FunctionalInterface
  interface Range {
    void run(int from, int to);
  }

  static void forEach(int size, Range work) {
    IntStream.range(0, count(size)).parallel().forEach(b -> work.run(b * SIZE, end(b, size)));
  }

  /** {@code target += source}, both [size]. */
  static void add(float[] target, float[] source) {
    forEach(
        target.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            target[i] += source[i];
          }
        });
  }

  /** Euclidean norm: a sum of squares per block, then the blocks in order, in float64. */
  static double norm(float[] values) {
    double[] squares = new double[count(values.length)];
    IntStream.range(0, squares.length)
        .parallel()
        .forEach(
            b -> {
              double sum = 0;
              for (int i = b * SIZE; i < end(b, values.length); i++) {
                sum += (double) values[i] * values[i];
              }
              squares[b] = sum;
            });
    double sum = 0;
    for (double square : squares) {
      sum += square;
    }
    return Math.sqrt(sum);
  }

  private static int count(int size) {
    return (size + SIZE - 1) / SIZE;
  }

  private static int end(int block, int size) {
    return (int) Math.min((block + 1L) * SIZE, size);
  }
}
