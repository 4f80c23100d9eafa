package ai.signal.train;

/** How the learning rate moves: a factor of its peak for each step, after a linear warm-up. */
public sealed interface Schedule {
  /**
   * The factor of a step.
   *
   * @param step from 0; the first one already moves the adapter
   * @return in [0, 1]
   */
  double factor(long step);

  /** The peak, once warm. */
  static Schedule constant(long warmup) {
    return new Constant(warmup);
  }

  /** From the peak straight to 0 at {@code steps}. */
  static Schedule linear(long warmup, long steps) {
    return new Linear(warmup, steps);
  }

  /** From the peak to 0 at {@code steps} along half a cosine. */
  static Schedule cosine(long warmup, long steps) {
    return new Cosine(warmup, steps);
  }

  /** From the peak down with the inverse root of the step (Vaswani et al., 2017). */
  static Schedule inverseSqrt(long warmup) {
    return new InverseSqrt(warmup);
  }

  /** Several half cosines one behind the other, each from the peak to 0. */
  static Schedule cosineWithRestarts(long warmup, long steps, int cycles) {
    return new CosineWithRestarts(warmup, steps, cycles);
  }

  /** See {@link Schedule#constant}. */
  record Constant(long warmup) implements Schedule {
    @Override
    public double factor(long step) {
      return step < warmup ? warm(step, warmup) : 1;
    }
  }

  /** See {@link Schedule#linear}. */
  record Linear(long warmup, long steps) implements Schedule {
    @Override
    public double factor(long step) {
      return step < warmup ? warm(step, warmup) : 1 - done(step, warmup, steps);
    }
  }

  /** See {@link Schedule#cosine}. */
  record Cosine(long warmup, long steps) implements Schedule {
    @Override
    public double factor(long step) {
      return step < warmup
          ? warm(step, warmup)
          : 0.5 * (1 + Math.cos(Math.PI * done(step, warmup, steps)));
    }
  }

  /** See {@link Schedule#inverseSqrt}: 1 at the end of the warm-up. */
  record InverseSqrt(long warmup) implements Schedule {
    @Override
    public double factor(long step) {
      double scale = Math.max(1, warmup);
      return step < warmup ? warm(step, warmup) : Math.sqrt(scale / (scale + step - warmup));
    }
  }

  /**
   * See {@link Schedule#cosineWithRestarts}.
   *
   * @param cycles at least 1
   */
  record CosineWithRestarts(long warmup, long steps, int cycles) implements Schedule {
    public CosineWithRestarts {
      if (cycles < 1) {
        throw new IllegalArgumentException("Cannot restart a schedule: cycles is " + cycles);
      }
    }

    @Override
    public double factor(long step) {
      double done = step < warmup ? 0 : done(step, warmup, steps);
      return step < warmup
          ? warm(step, warmup)
          : done >= 1 ? 0 : 0.5 * (1 + Math.cos(Math.PI * (done * cycles % 1)));
    }
  }

  private static double warm(long step, long warmup) {
    return (step + 1) / (double) warmup;
  }

  private static double done(long step, long warmup, long steps) {
    return Math.min(1, (step - warmup) / (double) Math.max(1, steps - warmup));
  }
}
