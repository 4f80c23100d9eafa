package ai.signal.job;

import ai.signal.checkpoint.CheckpointStore;
import ai.signal.client.AdapterExport;
import ai.signal.model.HadoopConf;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Writes the adapter of a checkpoint for others. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Writes the adapter of a checkpoint as a new directory in PEFT's layout.")
final class CheckpointsExport implements Callable<Integer> {
  private static final String LATEST = "latest";

  @ParentCommand private CheckpointsCommand checkpoints;
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "STEP",
      description = "A step, or latest: the newest that is good.")
  private String step;

  @Parameters(index = "1", paramLabel = "DIR", description = "A new directory, on any file system.")
  private String directory;

  @Option(
      names = "--base",
      paramLabel = "MODEL",
      description = "Where the base model is, if not where the run had it.")
  private String base;

  @Override
  public Integer call() {
    OptionalLong chosen = step();
    String target = checkpoints.location(directory);
    return checkpoints.on(store -> export(store, chosen, target));
  }

  private OptionalLong step() {
    if (step.equals(LATEST)) {
      return OptionalLong.empty();
    }
    if (!step.matches("[0-9]{1,18}")) {
      throw new ParameterException(
          spec.commandLine(), "STEP = %s is refused, allowed: a step, or latest".formatted(step));
    }
    return OptionalLong.of(Long.parseLong(step));
  }

  private int export(CheckpointStore store, OptionalLong chosen, String target) throws IOException {
    AdapterExport.Exported exported =
        AdapterExport.export(
            store, chosen, Optional.ofNullable(base), target, HadoopConf.current());
    exported
        .leftOut()
        .forEach(
            out ->
                checkpoints
                    .err()
                    .printf(
                        "left out step %d: %s%n", out.step(), CheckpointTable.plain(out.reason())));
    if (checkpoints.json()) {
      ObjectNode answer = CheckpointsCommand.answer(store);
      answer.put("step", exported.step());
      answer.put("path", exported.saved().path());
      exported.saved().files().forEach(answer.putArray("files")::add);
      answer.put("bytes", exported.saved().bytes());
      checkpoints.print(answer);
    } else {
      checkpoints
          .out()
          .printf(
              "step %d: adapter in %s (%d files, %s)%n",
              exported.step(),
              exported.saved().path(),
              exported.saved().files().size(),
              CheckpointTable.bytes(exported.saved().bytes()));
    }
    return SignalJob.DONE;
  }
}
