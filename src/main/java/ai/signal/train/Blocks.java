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

  @FunctionalInterface
  interface Measure {
    double of(int from, int to);
  }

  /** A number of each block, added up in their order. */
  static double sum(int size, Measure measure) {
    double[] parts = new double[count(size)];
    IntStream.range(0, parts.length)
        .parallel()
        .forEach(b -> parts[b] = measure.of(b * SIZE, end(b, size)));
    double sum = 0;
    for (double part : parts) {
      sum += part;
    }
    return sum;
  }

  private static int count(int size) {
    return (size + SIZE - 1) / SIZE;
  }

  private static int end(int block, int size) {
    return (int) Math.min((block + 1L) * SIZE, size);
  }
}
