package ai.signal.monitor;

import java.io.PrintStream;
import java.util.Locale;

/** One line when a stage begins and one when it is done. */
public final class StageLines implements JobListener {
  private final PrintStream out;

  public StageLines(PrintStream out) {
    this.out = out;
  }

  @Override
  public void stageStarted(String stage, int number, int of) {
    out.printf(Locale.ROOT, "[%d/%d] %s%n", number, of, stage);
  }

  @Override
  public void stageRestored(StageResult result, int number, int of) {
    stageStarted(result.stage(), number, of);
    out.printf(Locale.ROOT, "      %s · already done%n", Shown.result(result));
  }

  @Override
  public void noted(String text) {
    out.println("      " + text);
  }

  @Override
  public void stageFinished(StageResult result, double seconds) {
    out.printf(Locale.ROOT, "      %s · %s%n", Shown.result(result), Shown.duration(seconds));
  }
}
