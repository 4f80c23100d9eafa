package ai.signal.job;

import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.StepEntry;
import ai.signal.spec.SpecException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Checks that the steps of a command line are those of checkpoints. */
final class KnownSteps {
  private static final int MOST_SHOWN = 20;

  private KnownSteps() {}

  /**
   * Requires a checkpoint of every step. One that is damaged counts; what a writer left without a
   * manifest does not.
   *
   * @param operation what the command does with a checkpoint: "delete"
   * @throws SpecException for the first step without a checkpoint; the message names those that
   *     exist
   */
  static void require(CheckpointStore store, String operation, Collection<Long> steps)
      throws IOException {
    List<StepEntry> entries = store.list();
    List<Long> known =
        entries.stream()
            .filter(entry -> !(entry instanceof StepEntry.Uncommitted))
            .map(StepEntry::step)
            .toList();
    for (long step : steps) {
      if (!known.contains(step)) {
        boolean uncommitted = entries.stream().anyMatch(entry -> entry.step() == step);
        throw new SpecException(
            "Cannot %s checkpoint of step %d: %s; %s"
                .formatted(
                    operation,
                    step,
                    uncommitted
                        ? "its writer did not complete it (%s); sweep deletes what is left of it"
                            .formatted(store.location())
                        : "%s has no such checkpoint".formatted(store.location()),
                    shown(known)));
      }
    }
  }

  private static String shown(List<Long> known) {
    if (known.isEmpty()) {
      return "there are no checkpoints";
    }
    String steps =
        known.stream().limit(MOST_SHOWN).map(String::valueOf).collect(Collectors.joining(", "));
    int more = known.size() - MOST_SHOWN;
    return "allowed: " + steps + (more > 0 ? " and %d older steps".formatted(more) : "");
  }
}
