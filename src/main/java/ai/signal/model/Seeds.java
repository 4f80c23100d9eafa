package ai.signal.model;

/**
 * Randomness out of numbers that a job spec fixes, the same on every JVM. SplitMix64 of Steele, Lea
 * and Flood, "Fast Splittable Pseudorandom Number Generators" (OOPSLA 2014), with the finalizer
 * that java.util.SplittableRandom uses (David Stafford's "Mix13").
 */
public final class Seeds {
  /** 2^64 divided by the golden ratio, odd. */
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private Seeds() {}

  /** One seed out of several numbers; their order and their count matter. */
  public static long mix(long... parts) {
    long mixed = parts.length;
    for (long part : parts) {
      mixed = finish(finish(mixed + GAMMA) ^ part);
    }
    return finish(mixed + GAMMA);
  }

  /**
   * A number for a name, to {@link #mix} in; 64 bits, so that names do not collide as {@link
   * String#hashCode} does.
   */
  public static long of(String name) {
    return mix(name.chars().asLongStream().toArray());
  }

  /** A double in [0, 1), a multiple of 2^-53, that depends on all bits of the state. */
  public static double uniform(long state) {
    return (finish(state + GAMMA) >>> 11) * 0x1.0p-53;
  }

  /**
   * The numbers 0 to {@code size - 1} in an order where every order is equally likely
   * (Fisher-Yates).
   */
  public static int[] permutation(int size, long seed) {
    int[] order = new int[size];
    Stream stream = new Stream(seed);
    for (int i = 0; i < size; i++) {
      int j = stream.below(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static long finish(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** The SplitMix64 sequence of a seed; not for several threads. */
  public static final class Stream {
    private long state;

    public Stream(long seed) {
      this.state = seed;
    }

    public long next() {
      state += GAMMA;
      return finish(state);
    }

    /** A double in [0, 1), a multiple of 2^-53. */
    public double uniform() {
      return (next() >>> 11) * 0x1.0p-53;
    }

    /**
     * An integer in [0, bound), all equally likely: Lemire, "Fast Random Integer Generation in an
     * Interval" (2019).
     *
     * @param bound positive
     */
    public int below(int bound) {
      long product = (next() >>> 32) * bound;
      long low = product & 0xFFFFFFFFL;
      if (low < bound) {
        long rejected = (1L << 32) % bound;
        while (low < rejected) {
          product = (next() >>> 32) * bound;
          low = product & 0xFFFFFFFFL;
        }
      }
      return (int) (product >>> 32);
    }
  }
}
