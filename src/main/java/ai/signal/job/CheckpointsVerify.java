package ai.signal.job;

import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.StepEntry;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Proves checkpoints byte by byte. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Reads everything, and exits with 1 where something is wrong or there is nothing.")
final class CheckpointsVerify implements Callable<Integer> {
  @ParentCommand private CheckpointsCommand checkpoints;

  @Parameters(arity = "0..1", paramLabel = "STEP", description = "Of all steps without it.")
  private Long step;

  @Override
  public Integer call() {
    return checkpoints.on(this::verify);
  }

  private int verify(CheckpointStore store) throws IOException {
    if (step != null && store.list().stream().noneMatch(entry -> entry.step() == step)) {
      KnownSteps.require(store, "verify", List.of(step));
    }
    List<Long> steps =
        step != null
            ? List.of(step)
            : store.list().stream()
                .filter(entry -> !(entry instanceof StepEntry.Uncommitted))
                .map(StepEntry::step)
                .toList();
    ObjectNode answer = CheckpointsCommand.answer(store);
    ArrayNode array = answer.putArray("steps");
    boolean good = !steps.isEmpty();
    for (long each : steps) {
      List<String> problems = store.verify(each);
      good &= problems.isEmpty();
      ObjectNode node = array.addObject().put("step", each).put("good", problems.isEmpty());
      problems.forEach(node.putArray("problems")::add);
      if (!checkpoints.json()) {
        String found = problems.isEmpty() ? "good" : "refused: " + String.join("; ", problems);
        checkpoints.out().printf("step %d: %s%n", each, CheckpointTable.plain(found));
      }
    }
    if (checkpoints.json()) {
      checkpoints.print(answer);
    } else if (steps.isEmpty()) {
      checkpoints.err().println("There are no checkpoints in " + store.location());
    }
    return good ? SignalJob.DONE : SignalJob.FAILED;
  }
}
