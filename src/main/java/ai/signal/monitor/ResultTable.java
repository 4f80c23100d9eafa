package ai.signal.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The short table at the end of a job: what training changed. */
public final class ResultTable {
  static final int ANSWERS = 3;

  private ResultTable() {}

  /** The lines of the table; none where nothing was trained or evaluated. */
  public static List<String> lines(JobHistory history) {
    List<String> lines = new ArrayList<>();
    Optional<StageResult.Evaluate> before = history.before();
    Optional<StageResult.Evaluate> after = history.after();
    if (history.training().isPresent()
        || after.isPresent()
        || history.reinforcement().isPresent()
        || !history.sampleRewards().isEmpty()) {
      lines.add(row("", "before", "after"));
    }
    after.ifPresent(
        evaluation -> {
          lines.add(
              row(
                  "held-out loss",
                  before.map(first -> Shown.loss(first.loss())).orElse("-"),
                  Shown.loss(evaluation.loss())));
          if (evaluation.exactMatch().isPresent()) {
            lines.add(
                row(
                    "exact match",
                    Shown.percent(before.flatMap(StageResult.Evaluate::exactMatch)),
                    Shown.percent(evaluation.exactMatch())));
          }
        });
    history
        .training()
        .ifPresent(
            training -> {
              lines.add(
                  row(
                      "training loss",
                      Shown.loss(training.firstLoss()),
                      Shown.loss(training.lastLoss())));
              lines.add(row("training speed", "", Shown.rate(training.tokensPerSecond())));
            });
    history
        .reinforcement()
        .ifPresent(
            result ->
                lines.add(
                    row("mean reward", reward(result.firstReward()), reward(result.lastReward()))));
    List<Double> rewards = history.sampleRewards();
    if (!rewards.isEmpty()) {
      String first = rewards.size() > 1 ? reward(rewards.get(0)) : "-";
      lines.add(row("sampled reward", first, reward(rewards.get(rewards.size() - 1))));
    }
    for (Comparison answer : Comparison.of(history, ANSWERS)) {
      lines.add("");
      lines.add("  prompt  " + oneLine(answer.prompt()));
      answer.before().ifPresent(text -> lines.add("  before  " + oneLine(text)));
      lines.add("  after   " + oneLine(answer.after()));
    }
    return lines;
  }

  private static String reward(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static String row(String name, String before, String after) {
    return String.format(Locale.ROOT, "  %-16s %14s %16s", name, before, after).stripTrailing();
  }

  /** A line of the terminal, where the line breaks of the text are still seen. */
  private static String oneLine(String text) {
    String line = text.strip().replaceAll("\\R", " ⏎ ");
    return line.length() > 140 ? line.substring(0, 140) + "…" : line;
  }
}
