package ai.signal.job;

import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.StoredAttempt;
import ai.signal.spec.SpecException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Deletes checkpoints, and tells which. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Deletes checkpoints without asking, but not the only good one.")
final class CheckpointsDelete implements Callable<Integer> {
  @ParentCommand private CheckpointsCommand checkpoints;

  @Parameters(arity = "1..*", paramLabel = "STEP", description = "Steps of checkpoints.")
  private List<Long> steps;

  @Option(names = "--force", description = "Even if no good one is left.")
  private boolean force;

  @Override
  public Integer call() {
    return checkpoints.on(this::delete);
  }

  private int delete(CheckpointStore store) throws IOException {
    Map<Long, StoredAttempt> there =
        store.attempts().stream()
            .filter(attempt -> attempt.state() != StoredAttempt.State.UNCOMMITTED)
            .collect(Collectors.toMap(StoredAttempt::step, attempt -> attempt));
    Set<Long> given = new LinkedHashSet<>(steps);
    KnownSteps.require(store, "delete", given);
    if (!force && isTheLastGood(store, given, there.keySet())) {
      throw new SpecException(
          "Cannot delete checkpoint of step %s: no other in %s is good; --force deletes it all the same"
              .formatted(
                  given.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                  store.location()));
    }
    checkpoints.noteOwner(store.owner());
    ObjectNode answer = CheckpointsCommand.answer(store);
    ArrayNode deleted = answer.putArray("deleted");
    for (long step : given) {
      store.delete(step);
      deleted.add(step);
      if (!checkpoints.json()) {
        StoredAttempt was = there.get(step);
        checkpoints
            .out()
            .printf(
                "deleted step %d (attempt %s, %s)%n",
                step,
                was.attempt().isEmpty() ? "unknown" : was.attempt(),
                CheckpointTable.bytes(was.bytes()));
      }
    }
    if (checkpoints.json()) {
      checkpoints.print(answer);
    }
    return SignalJob.DONE;
  }

  /** Whether one of these is good, and none of the others: all bytes are read, if need be. */
  private static boolean isTheLastGood(CheckpointStore store, Set<Long> given, Set<Long> all)
      throws IOException {
    for (long step : all) {
      if (!given.contains(step) && store.verify(step).isEmpty()) {
        return false;
      }
    }
    for (long step : given) {
      if (store.verify(step).isEmpty()) {
        return true;
      }
    }
    return false;
  }
}
