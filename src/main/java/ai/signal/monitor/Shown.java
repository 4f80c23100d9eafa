package ai.signal.monitor;

import java.util.Locale;
import java.util.Optional;

/** Numbers and results as people read them, the same on the console and in the report. */
public final class Shown {
  private Shown() {}

  static String loss(double loss) {
    return Double.isFinite(loss) ? format("%.4f", loss) : "not finite";
  }

  static String percent(Optional<Double> share) {
    return share.map(value -> format("%.1f %%", 100 * value)).orElse("-");
  }

  static String rate(double tokensPerSecond) {
    return format("%,.0f tokens/s", tokensPerSecond);
  }

  /** {@code 8.4 s}, {@code 3 min 12 s} or {@code 2 h 05 min}. */
  public static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return format(seconds < 10 ? "%.1f s" : "%.0f s", seconds);
    }
    return whole < 3600
        ? format("%d min %02d s", whole / 60, whole % 60)
        : format("%d h %02d min", whole / 3600, whole / 60 % 60);
  }

  static String result(StageResult result) {
    long skipped = result.skippedPrompts();
    return outcome(result) + (skipped == 0 ? "" : format(" · %,d prompts skipped", skipped));
  }

  private static String outcome(StageResult result) {
    if (result instanceof StageResult.Train train) {
      return format(
          "%,d steps · loss %s to %s · %s",
          train.steps(),
          loss(train.firstLoss()),
          loss(train.lastLoss()),
          rate(train.tokensPerSecond()));
    }
    if (result instanceof StageResult.Evaluate evaluate) {
      String match =
          evaluate.exactMatch().isEmpty() ? "" : " · exact match " + percent(evaluate.exactMatch());
      return "loss " + loss(evaluate.loss()) + match;
    }
    if (result instanceof StageResult.Reinforce reinforce) {
      return format(
          "%,d steps · mean reward %.3f to %.3f",
          reinforce.steps(), reinforce.firstReward(), reinforce.lastReward());
    }
    if (result instanceof StageResult.Sample sample) {
      String reward = sample.reward().map(mean -> format(" · mean reward %.3f", mean)).orElse("");
      return format("%,d completions", sample.completions()) + reward;
    }
    StageResult.Save save = (StageResult.Save) result;
    return save.mode() + " saved";
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
