package ai.signal.model;

/**
 * Dropout on the input of every adapter, as PEFT's {@code lora_dropout}.
 *
 * @param rate probability that a value is dropped, in [0, 1)
 * @param seed from which every layer's and module's mask is drawn
 */
public record Dropout(double rate, long seed) {
  public static final Dropout NONE = new Dropout(0, 0);

  public Dropout {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "Cannot drop at a rate of " + rate + ": it must lie in [0, 1)");
    }
  }

  /** One seed per adapter module, [7 * layers + 1]. */
  long[] seeds(int layers) {
    long[] seeds = new long[7 * layers + 1];
    for (int module = 0; module < seeds.length; module++) {
      // Generators take non-negative seeds.
      seeds[module] = Seeds.mix(seed, module / 7, module % 7) >>> 1;
    }
    return seeds;
  }
}
