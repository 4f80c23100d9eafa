package ai.signal.train;

/** The logistic function, without overflow. */
final class Logistic {
  private Logistic() {}

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  static double logSigmoid(double x) {
    return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
  }
}
