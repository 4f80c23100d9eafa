package ai.signal.job;

import ai.signal.checkpoint.CheckpointStore;
import ai.signal.client.AdapterExport;
import ai.signal.model.HadoopConf;
import ai.signal.spec.KeyHints;
import ai.signal.spec.RecordBinder;
import ai.signal.spec.SpecException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
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
    description =
        "Writes the adapter of a checkpoint as a new directory in PEFT's layout, or merged into its base model.")
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

  @Option(
      names = "--merged",
      description = "Write base model and adapter as one model in Hugging Face layout.")
  private boolean merged;

  @Option(
      names = "--dtype",
      paramLabel = "DTYPE",
      description = "Of --merged: auto (that of the base), float32, bfloat16 or float16.")
  private String dtype;

  @Option(
      names = "--max-shard-size",
      paramLabel = "SIZE",
      description = "Of --merged: the weights in one file, such as 2GB; by default 5GB.")
  private String maxShardSize;

  @Override
  public Integer call() {
    OptionalLong chosen = step();
    String target = checkpoints.location(directory);
    Optional<String> from =
        Optional.ofNullable(base).map(model -> checkpoints.given(model).toString());
    SaveStage stage = stage();
    return checkpoints.on(store -> export(store, chosen, from, target, stage));
  }

  /** What a save stage with these keys would write. */
  private SaveStage stage() {
    ObjectNode keys = JsonNodeFactory.instance.objectNode();
    keys.put("mode", merged ? "merged" : "adapter");
    if (dtype != null) {
      keys.put("dtype", dtype);
    }
    if (maxShardSize != null) {
      keys.put("max_shard_size", maxShardSize);
    }
    try {
      return new RecordBinder(KeyHints.NONE).bind(SaveStage.class, keys, "");
    } catch (SpecException.Value e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
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

  private int export(
      CheckpointStore store,
      OptionalLong chosen,
      Optional<String> from,
      String target,
      SaveStage stage)
      throws IOException {
    if (chosen.isPresent()) {
      KnownSteps.require(store, "export", List.of(chosen.getAsLong()));
    }
    AdapterExport.Exported exported =
        merged
            ? SparkJob.with(
                "signal checkpoints",
                spark ->
                    AdapterExport.exportMerged(
                        store,
                        chosen,
                        from,
                        target,
                        stage.options(),
                        new JavaSparkContext(spark.sparkContext())))
            : AdapterExport.export(store, chosen, from, target, HadoopConf.current());
    exported
        .leftOut()
        .forEach(
            out ->
                checkpoints
                    .err()
                    .printf(
                        "skipped step %d: %s%n", out.step(), CheckpointTable.plain(out.reason())));
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
              "step %d: %s in %s (%d files, %s)%n",
              exported.step(),
              merged ? "merged model" : "adapter",
              exported.saved().path(),
              exported.saved().files().size(),
              CheckpointTable.bytes(exported.saved().bytes()));
    }
    return SignalJob.DONE;
  }
}
