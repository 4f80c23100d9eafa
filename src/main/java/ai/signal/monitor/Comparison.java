package ai.signal.monitor;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One held-out prompt, answered before and after training.
 *
 * @param before empty where nothing was evaluated before, or on other prompts
 * @param after what the last evaluation has
 */
record Comparison(String prompt, Optional<String> before, String after, String reference) {
  /** The first prompts of the last evaluation. */
  static List<Comparison> of(JobHistory history, int most) {
    List<StageResult.Answer> after =
        history.after().map(StageResult.Evaluate::answers).orElse(List.of());
    List<StageResult.Answer> before =
        history.before().map(StageResult.Evaluate::answers).orElse(List.of());
    return IntStream.range(0, Math.min(most, after.size()))
        .mapToObj(i -> of(after.get(i), i < before.size() ? before.get(i) : null))
        .toList();
  }

  private static Comparison of(StageResult.Answer after, StageResult.Answer before) {
    boolean same = before != null && before.prompt().equals(after.prompt());
    return new Comparison(
        after.prompt(),
        same ? Optional.of(before.completion()) : Optional.empty(),
        after.completion(),
        after.reference());
  }
}
