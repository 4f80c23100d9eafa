package ai.signal.monitor;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Training progress where there is no terminal: a line now and then, and one at the last step. */
public final class ProgressLines implements JobListener {
  private final PrintStream out;
  private final Duration every;
  private final LongSupplier nanoTime;
  private TrainingPace pace;
  private long lastLine;

  /**
   * @param every the least time between two lines
   * @param nanoTime the clock, as {@link System#nanoTime}
   */
  public ProgressLines(PrintStream out, Duration every, LongSupplier nanoTime) {
    this.out = out;
    this.every = every;
    this.nanoTime = nanoTime;
  }

  @Override
  public void trainingStarted(long steps, long done) {
    pace = new TrainingPace(steps, done, nanoTime);
    lastLine = nanoTime.getAsLong();
  }

  @Override
  public void stepFinished(StepMetrics step) {
    pace.step(step);
    boolean due = nanoTime.getAsLong() - lastLine >= every.toNanos();
    if (due || pace.done() == pace.total()) {
      lastLine = nanoTime.getAsLong();
      out.printf(
          Locale.ROOT, "      step %d/%d · %s%n", pace.done(), pace.total(), pace.describe());
    }
  }
}
