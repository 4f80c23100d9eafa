package ai.signal.job;

import ai.signal.checkpoint.SweepReport;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Deletes what no manifest names. */
@Command(
    name = "sweep",
    mixinStandardHelpOptions = true,
    description =
        "Deletes attempts that no manifest names, but those of the writer that has the output.")
final class CheckpointsSweep implements Callable<Integer> {
  @ParentCommand private CheckpointsCommand checkpoints;

  @Override
  public Integer call() {
    return checkpoints.on(
        store -> {
          SweepReport report = store.sweep();
          if (checkpoints.json()) {
            ObjectNode answer = CheckpointsCommand.answer(store);
            report.deleted().forEach(answer.putArray("deleted")::add);
            report.spared().forEach(answer.putArray("spared")::add);
            checkpoints.print(answer);
            return SignalJob.DONE;
          }
          report.deleted().forEach(name -> checkpoints.out().println("deleted " + name));
          report
              .spared()
              .forEach(
                  name ->
                      checkpoints
                          .out()
                          .println(
                              "spared "
                                  + name
                                  + ": it may be under way, or no record in written/ proves that Signal wrote it"));
          if (report.deleted().isEmpty() && report.spared().isEmpty()) {
            checkpoints.out().println("There is nothing to sweep in " + store.location());
          }
          if (!report.spared().isEmpty()) {
            checkpoints.noteOwner(store.owner());
          }
          return SignalJob.DONE;
        });
  }
}
