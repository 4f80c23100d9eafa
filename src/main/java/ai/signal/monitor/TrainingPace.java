package ai.signal.monitor;

import java.util.function.LongSupplier;

/** How far a train stage is, how fast, and how long it will still take. */
final class TrainingPace {
  private final long total;
  private final LongSupplier nanoTime;
  private final long start;
  private StepMetrics last;
  private long done;
  private long tokens;

  TrainingPace(long total, LongSupplier nanoTime) {
    this.total = total;
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

  /** {@code loss 1.2345 · 10,432 tokens/s · 12 s left}, after the first step. */
  String describe() {
    double seconds = Math.max(1e-9, (nanoTime.getAsLong() - start) / 1e9);
    return "loss %s · %s · %s left"
        .formatted(
            Shown.loss(last.loss()),
            Shown.rate(tokens / seconds),
            Shown.duration(seconds / done * (total - done)));
  }
}
