package ai.signal.model.tokenizer.regex;

/**
 * An upper bound: factor * n ^ degree, for a text of n characters.
 *
 * @param degree {@link #EXPONENTIAL} where no polynomial bound is known
 */
record Cost(int degree, double factor) {
  static final int EXPONENTIAL = 1000;

  static final Cost ONE = new Cost(0, 1);
  static final Cost LINEAR = new Cost(1, 1);
  static final Cost UNKNOWN = new Cost(EXPONENTIAL, 1);

  Cost times(Cost other) {
    return new Cost(degree + other.degree, factor * other.factor);
  }

  Cost plus(Cost other) {
    return new Cost(Math.max(degree, other.degree), factor + other.factor);
  }

  Cost max(Cost other) {
    return new Cost(Math.max(degree, other.degree), Math.max(factor, other.factor));
  }
}
