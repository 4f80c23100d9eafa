package ai.signal.client;

import ai.signal.checkpoint.Checkpoint;
import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.Expected;
import ai.signal.checkpoint.Latest;
import ai.signal.checkpoint.Manifest;
import ai.signal.lora.LoraConfig;
import ai.signal.lora.PeftAdapter;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelIdentity;
import ai.signal.model.ModelSource;
import ai.signal.storage.Content;
import ai.signal.storage.LocalFiles;
import ai.signal.storage.Location;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;

/** Adapters as directories that others load, also those of checkpoints. */
public final class AdapterExport {
  /** The fact of a checkpoint that names its base model. */
  static final String BASE = "base";

  private AdapterExport() {}

  /**
   * An adapter that was exported.
   *
   * @param step of its checkpoint
   * @param leftOut newer checkpoints that were not good
   */
  public record Exported(long step, SavedState saved, List<Latest.LeftOut> leftOut) {
    public Exported {
      leftOut = List.copyOf(leftOut);
    }
  }

  /**
   * Writes the adapter of a checkpoint as a new PEFT directory, with the tokenizer of its base
   * model and a model card. No Spark is needed.
   *
   * @param step of the checkpoint; empty for the newest that is good
   * @param base where the base model is now; empty for where the run had it
   * @param directory on any Hadoop file system
   * @throws ai.signal.checkpoint.CheckpointException if there is no such checkpoint, or it is not
   *     good
   * @throws IllegalStateException if the base model is another, or the directory exists
   */
  public static Exported export(
      CheckpointStore store,
      OptionalLong step,
      Optional<String> base,
      String directory,
      Configuration conf)
      throws IOException {
    refuse(base, directory);
    Source source = Source.of(store, step, base);
    Map<String, Content> files =
        files(
            PeftAdapter.of(source.model.config(), source.lora, source.values),
            source.card(),
            source.model);
    return source.exported(
        AdapterFiles.write(() -> SaveTarget.directory(SaveMode.ADAPTER, directory, conf), files));
  }

  /** The same merged into the base model, as a Spark job. */
  public static Exported exportMerged(
      CheckpointStore store,
      OptionalLong step,
      Optional<String> base,
      String directory,
      MergeOptions options,
      JavaSparkContext spark)
      throws IOException {
    refuse(base, directory);
    Source source = Source.of(store, step, base);
    MergeJob merge =
        new MergeJob(spark, source.manifest.run().name(), source.base, source.lora, options);
    return source.exported(merge.save(source.values, directory));
  }

  private static void refuse(Optional<String> base, String directory) {
    base.ifPresent(path -> Location.of("Cannot export", path));
    Location.of("Cannot export", directory);
  }

  /** An adapter of a checkpoint, with all that is needed to write it for others. */
  @SuppressWarnings("ArrayRecordComponent") // read once
  private record Source(
      Manifest manifest,
      float[] values,
      List<Latest.LeftOut> leftOut,
      String base,
      ModelDirectory model,
      ObjectNode settings,
      LoraConfig lora) {

    static Source of(CheckpointStore store, OptionalLong step, Optional<String> given)
        throws IOException {
      Latest<float[]> latest;
      if (step.isPresent()) {
        Checkpoint checkpoint = store.open(step.getAsLong(), Expected.any());
        latest =
            new Latest<>(
                Optional.of(new Latest.Loaded<>(checkpoint.manifest(), adapter(checkpoint))),
                List.of());
      } else {
        latest = store.latest(Expected.any(), AdapterExport::adapter);
      }
      Latest.Loaded<float[]> found =
          latest
              .found()
              .orElseThrow(
                  () -> refused("%s has no checkpoint that is good".formatted(store.location())));
      return of(found, latest.leftOut(), given);
    }

    private static Source of(
        Latest.Loaded<float[]> found, List<Latest.LeftOut> leftOut, Optional<String> given) {
      Manifest manifest = found.manifest();
      ObjectNode facts = manifest.facts();
      String base =
          given
              .or(() -> Optional.ofNullable(facts.path(BASE).textValue()))
              .orElseThrow(
                  () ->
                      refused("the checkpoint does not name its base model; name it with --base"));
      if (!(facts.path("settings") instanceof ObjectNode settings)) {
        throw refused(
            "the checkpoint of step %d has no settings of a run".formatted(manifest.step()));
      }
      ModelDirectory model = ModelDirectory.open(ModelSource.resolve(base));
      if (!ModelIdentity.of(model.path()).equals(manifest.run().baseModel())) {
        throw refused(
            "%s is another model than the one that the run trained on; name that with --base"
                .formatted(base));
      }
      return new Source(
          manifest,
          found.value(),
          leftOut,
          base,
          model,
          settings,
          LoraSettings.read(settings.path("lora")));
    }

    private static IllegalStateException refused(String problem) {
      return new IllegalStateException("Cannot export adapter: " + problem);
    }

    AdapterCard card() {
      return new AdapterCard(
          manifest.run(),
          settings,
          base,
          lora,
          model.config().vocabSize(),
          manifest.step(),
          OptionalDouble.empty());
    }

    Exported exported(SavedState saved) {
      return new Exported(manifest.step(), saved, leftOut);
    }
  }

  private static float[] adapter(Checkpoint checkpoint) throws IOException {
    return RunCheckpoint.floats(checkpoint, RunCheckpoint.ADAPTER);
  }

  /** Names of the files of every adapter of a model. */
  public static List<String> fileNames(ModelDirectory model) {
    List<String> names = new ArrayList<>(PeftAdapter.FILES);
    names.add(AdapterCard.FILE);
    names.addAll(companions(model).keySet());
    return names;
  }

  private static Map<String, Path> companions(ModelDirectory model) {
    Map<String, Path> companions = new LinkedHashMap<>(model.companions());
    companions.remove(ModelDirectory.GENERATION_CONFIG); // of a model, not of an adapter
    return companions;
  }

  /**
   * PEFT's files, with the tokenizer of the base model and a model card.
   *
   * @param model the base model
   */
  static Map<String, Content> files(PeftAdapter adapter, AdapterCard card, ModelDirectory model) {
    Map<String, Content> beside = new LinkedHashMap<>();
    companions(model).forEach((name, file) -> beside.put(name, out -> LocalFiles.copy(file, out)));
    beside.put(
        AdapterCard.FILE, out -> out.write(card.markdown().getBytes(StandardCharsets.UTF_8)));
    return adapter.files(card.base(), beside);
  }
}
