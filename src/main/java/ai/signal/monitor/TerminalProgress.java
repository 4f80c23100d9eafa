package ai.signal.monitor;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Training progress on a terminal: one bar that redraws itself. */
public final class TerminalProgress implements JobListener {
  private final PrintStream out;
  private final int width;
  private ProgressBar bar;
  private TrainingPace pace;

  /**
   * @param width columns of the terminal
   */
  public TerminalProgress(PrintStream out, int width) {
    this.out = out;
    this.width = width;
  }

  @Override
  public void trainingStarted(long steps, long done) {
    pace = new TrainingPace(steps, done, System::nanoTime);
    bar =
        new ProgressBarBuilder()
            .setInitialMax(steps)
            .setTaskName("     ")
            .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
            .setUpdateIntervalMillis(200)
            .hideEta()
            .startsFrom(done, Duration.ZERO)
            .setConsumer(new DelegatingProgressBarConsumer(this::draw, width - 1))
            .build();
  }

  @Override
  public void stepFinished(StepMetrics step) {
    pace.step(step);
    bar.setExtraMessage(pace.describe());
    bar.step();
    if (pace.done() == pace.total()) {
      close();
    }
  }

  @Override
  public void jobFinished() {
    if (bar != null) {
      close();
    }
  }

  private void close() {
    bar.close();
    bar = null;
    out.println();
  }

  private void draw(String line) {
    out.print("\r" + line);
    out.flush();
  }
}
