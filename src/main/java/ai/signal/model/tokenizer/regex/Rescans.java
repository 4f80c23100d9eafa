package ai.signal.model.tokenizer.regex;

import ai.signal.model.tokenizer.regex.Node.Atomic;
import ai.signal.model.tokenizer.regex.Node.Chars;
import ai.signal.model.tokenizer.regex.Node.Choice;
import ai.signal.model.tokenizer.regex.Node.Look;
import ai.signal.model.tokenizer.regex.Node.Repeat;
import ai.signal.model.tokenizer.regex.Node.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds the runs of characters that a search may scan again from each of their characters, which is
 * quadratic in the length of a run: a repetition that takes the run, and then something fails, as
 * {@code \s+$} before a word. It is not quadratic if another branch takes the whole run from the
 * same place, as in {@code \s+$|\s+}.
 */
final class Rescans {
  private final List<CodePoints> wasted = new ArrayList<>();
  private final List<CodePoints> covered = new ArrayList<>();
  private final List<CodePoints> seenAhead = new ArrayList<>();

  private Rescans() {}

  /** The sets of characters whose runs may be given back, character by character. */
  static List<CodePoints> retried(Node pattern) {
    Rescans rescans = new Rescans();
    rescans.collect(pattern, false);
    return Stream.concat(rescans.wasted.stream(), rescans.seenAhead.stream()).distinct().toList();
  }

  /** The sets of characters whose runs are scanned again. */
  static List<CodePoints> of(Node pattern) {
    Rescans rescans = new Rescans();
    List<Node> branches = branches(pattern);
    branches.forEach(branch -> rescans.collect(branch, false));
    branches.forEach(rescans::cover);
    Stream<CodePoints> uncovered =
        rescans.wasted.stream().filter(run -> rescans.covered.stream().noneMatch(run::isIn));
    return Stream.concat(uncovered, rescans.seenAhead.stream()).distinct().toList();
  }

  /** The branches of a pattern, one where it is no choice. */
  static List<Node> branches(Node pattern) {
    return pattern instanceof Choice choice ? choice.branches() : List.of(pattern);
  }

  private void collect(Node node, boolean canFailAfter) {
    if (node instanceof Sequence sequence) {
      boolean[] after = Backtracking.retriedAfter(sequence.items(), canFailAfter);
      for (int i = 0; i < after.length; i++) {
        collect(sequence.items().get(i), after[i]);
      }
    } else if (node instanceof Choice choice) {
      choice.branches().forEach(branch -> collect(branch, canFailAfter));
    } else if (node instanceof Atomic atomic) {
      collect(atomic.body(), canFailAfter);
    } else if (node instanceof Look look) {
      Rescans inside = new Rescans();
      inside.collect(look.body(), true);
      seenAhead.addAll(inside.wasted); // also where the match succeeds, and takes less than it saw
      seenAhead.addAll(inside.seenAhead);
    } else if (node instanceof Repeat repeat) {
      boolean again = canFailAfter || (repeat.least() > 1 && repeat.body().canFail());
      if (repeat.body() instanceof Chars chars) {
        if (repeat.isUnbounded() && canFailAfter) {
          wasted.add(chars.set());
        }
      } else if (repeat.isUnbounded() && again) {
        wasted.add(CodePoints.ALL);
      }
      collect(repeat.body(), again);
    }
  }

  private void cover(Node branch) {
    List<Node> items = branch instanceof Sequence sequence ? sequence.items() : List.of(branch);
    for (int i = 0; i < items.size(); i++) {
      Node rest = new Sequence(items.subList(i + 1, items.size()));
      if (items.get(i) instanceof Repeat repeat
          && repeat.isUnbounded()
          && repeat.least() <= 1
          && repeat.body() instanceof Chars chars
          && !rest.canFail()) {
        covered.add(chars.set());
      }
      if (!items.get(i).isNullable() || items.get(i).canFail()) {
        return;
      }
    }
  }
}
