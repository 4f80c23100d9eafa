package ai.signal.job;

import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.OwnerStatus;
import ai.signal.model.HadoopConf;
import ai.signal.storage.Location;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Shows the checkpoints of an output; its subcommands do something with them. */
@Command(
    name = "checkpoints",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Lists the checkpoints of an output, newest first, or does something with them.",
    subcommands = {
      CheckpointsVerify.class,
      CheckpointsDelete.class,
      CheckpointsSweep.class,
      CheckpointsExport.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./submit.sh checkpoints runs/mine",
      "  ./submit.sh checkpoints runs/mine verify",
      "  ./submit.sh checkpoints runs/mine delete 50 100",
      "  ./submit.sh checkpoints runs/mine export latest my-adapter",
      "  ./submit.sh --profile yarn checkpoints s3a://bucket/runs/mine --json",
      "",
      "Settings of file systems, spark.hadoop.*, come from --conf, --profile and spark-defaults.conf."
    })
final class CheckpointsCommand implements Callable<Integer> {
  @ParentCommand private SignalJob main;
  @Spec private CommandSpec command;

  @Parameters(
      index = "0",
      paramLabel = "OUTPUT",
      description = "The output of a job, on any file system.")
  private String output;

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON.")
  private boolean json;

  /** What to do with a store. */
  @FunctionalInterface
  interface Action {
    int run(CheckpointStore store) throws IOException;
  }

  @Override
  public Integer call() {
    return on(
        store -> {
          CheckpointTable table = new CheckpointTable(store.attempts());
          if (json) {
            ObjectNode answer = answer(store);
            store.owner().ifPresent(owner -> answer.set("owner", owner(owner)));
            answer.set("checkpoints", table.json());
            print(answer);
          } else {
            table.lines(store.location()).forEach(out()::println);
            store
                .owner()
                .ifPresent(owner -> out().printf("written by %s%n", CheckpointTable.shown(owner)));
          }
          return SignalJob.DONE;
        });
  }

  /** Runs an action on the store of the output; a failure is one line. */
  int on(Action action) {
    String location = location(output);
    try {
      SignalSettings.require(SparkJob.conf());
    } catch (RuntimeException e) {
      return main.failed("", e, Optional.of(location));
    }
    try (CheckpointStore store = CheckpointStore.open(location, HadoopConf.current())) {
      if (!store.exists()) {
        err().printf("Cannot look at checkpoints: there is no output (%s)%n", store.location());
        return SignalJob.WRONG_SPEC;
      }
      if (!store.isDirectory()) {
        err().printf("Cannot look at checkpoints: it is a file (%s)%n", store.location());
        return SignalJob.WRONG_SPEC;
      }
      return action.run(store);
    } catch (Throwable e) { // an OutOfMemoryError, and what Spark throws undeclared, included
      return main.failed("", e, Optional.of(location));
    }
  }

  /**
   * A path of the command line as Hadoop takes it.
   *
   * @throws ParameterException if it is refused
   */
  String location(String path) {
    Location given = given(path);
    LocationRules.problem(path, HadoopConf.current())
        .ifPresent(
            problem -> {
              throw new ParameterException(
                  command.commandLine(), "'%s' is refused: %s".formatted(path, problem));
            });
    try {
      return given.scheme().isPresent()
          ? path
          : Locations.uri(given.local().toAbsolutePath().normalize().toString());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "Refused: " + e.getMessage());
    }
  }

  /**
   * A path of the command line.
   *
   * @throws ParameterException if it is refused
   */
  Location given(String path) {
    Location.problem(path)
        .ifPresent(
            problem -> {
              throw new ParameterException(command.commandLine(), "Refused: " + problem);
            });
    return Location.of("Refused", path);
  }

  boolean json() {
    return json;
  }

  PrintStream out() {
    return main.out();
  }

  PrintStream err() {
    return main.err();
  }

  void print(ObjectNode answer) {
    out().println(answer.toPrettyString());
  }

  /** What every answer in JSON begins with. */
  static ObjectNode answer(CheckpointStore store) {
    return JsonNodeFactory.instance.objectNode().put("output", store.location());
  }

  /** Says so where another process may be at work on the output. */
  void noteOwner(Optional<OwnerStatus> owner) {
    owner
        .filter(writer -> writer.running().orElse(true))
        .ifPresent(
            writer -> err().printf("The output was opened by %s%n", CheckpointTable.shown(writer)));
  }

  private static ObjectNode owner(OwnerStatus owner) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("id", owner.id()).put("run", owner.run()).put("process", owner.process());
    owner.running().ifPresentOrElse(is -> node.put("running", is), () -> node.putNull("running"));
    return node;
  }
}
