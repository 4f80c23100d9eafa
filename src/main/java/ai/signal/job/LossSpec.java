package ai.signal.job;

/**
 * What training minimises.
 *
 * @param name the loss, over target tokens of weight above 0
 */
record LossSpec(Name name) {
  enum Name {
    CROSS_ENTROPY
  }

  LossSpec() {
    this(Name.CROSS_ENTROPY);
  }
}
