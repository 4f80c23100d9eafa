package ai.signal.monitor;

import java.util.function.LongSupplier;

/** How far a train stage is, how fast, and how long it will still take. */
final class TrainingPace {
  private final long total;
  private final long before;
  private final LongSupplier nanoTime;
  private final long start;
  private StepMetrics last;
  private long done;
  private long tokens;

  /**
   * @param done of the total, before the clock began
   */
  TrainingPace(long total, long done, LongSupplier nanoTime) {
    this.total = total;
    this.before = done;
    this.done = done;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  void step(StepMetrics step) {
    last = step;
    done++;
    tokens += step.tokens();
  }

  long done() {
    return done;
  }

  long total() {
    return total;
  }

  /** {@code loss 1.2345 · 10,432 tokens/s · 12 s left}, after a step. */
  String describe() {
    double seconds = Math.max(1e-9, (nanoTime.getAsLong() - start) / 1e9);
    return "loss %s · %s · %s left"
        .formatted(
            Shown.loss(last.loss()),
            Shown.rate(tokens / seconds),
            Shown.duration(seconds / (done - before) * (total - done)));
  }
}
