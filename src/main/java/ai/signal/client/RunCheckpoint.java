package ai.signal.client;

import ai.signal.checkpoint.Checkpoint;
import ai.signal.checkpoint.CheckpointException;
import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.CheckpointWriter;
import ai.signal.checkpoint.Expected;
import ai.signal.checkpoint.Floats;
import ai.signal.checkpoint.Latest;
import ai.signal.checkpoint.Loader;
import ai.signal.checkpoint.Manifest;
import ai.signal.checkpoint.RunIdentity;
import ai.signal.checkpoint.SavePolicy;
import ai.signal.checkpoint.Snapshot;
import ai.signal.checkpoint.StoredFile;
import ai.signal.storage.Content;
import ai.signal.train.RunState;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/**
 * A run's state as the files and facts of a checkpoint, and back.
 *
 * @param run that is saved, or that goes on
 * @param settings that decide its numbers beside its state, by name
 * @param base where its base model was found: another place may have the same
 */
record RunCheckpoint(RunIdentity run, ObjectNode settings, String base) {
  static final String ADAPTER = "adapter.f32";
  private static final String GRADIENT = "gradient.f32";
  private static final String MOMENTS = "moments/";
  private static final String START = "start"; // whether its training compares with one
  private static final String START_FILE = "start.f32"; // where that is not untrained

  /**
   * Commits a state.
   *
   * @param output the directory whose {@code checkpoints} it joins
   */
  SavedState save(String output, RunState state, Configuration conf) {
    try (CheckpointStore store = CheckpointStore.open(output, conf);
        CheckpointWriter writer = CheckpointWriter.open(store, run, SavePolicy.DEFAULT)) {
      writer.save(snapshot(state, JsonNodeFactory.instance.objectNode(), Map.of()));
      Manifest manifest = writer.await().orElseThrow();
      return new SavedState(
          SaveMode.STATE,
          store.location(),
          manifest.files().stream().map(StoredFile::name).toList(),
          manifest.bytes());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot save state: " + output + ": " + e.getMessage(), e);
    }
  }

  /**
   * A state as a checkpoint.
   *
   * @param more facts of the caller's
   * @param beside files of the caller's, by name
   */
  Snapshot snapshot(RunState state, ObjectNode more, Map<String, Content> beside) {
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts.set("settings", settings);
    facts.put(AdapterExport.BASE, base);
    facts.put("optimizer", state.optimizer());
    facts.put("optimizer_steps", state.optimizerSteps());
    ObjectNode accumulated = facts.putObject("accumulated");
    accumulated.put("calls", state.accumulated().calls());
    state.accumulated().losses().forEach(accumulated.putArray("losses")::add);
    // As texts: JSON has no number for what is not finite.
    accumulated.put("squares", Double.toString(state.accumulated().squares()));
    accumulated.put("denominator", Double.toString(state.accumulated().denominator()));
    accumulated.put("tokens", state.accumulated().tokens());
    if (state.start().known()) {
      facts.put(START, true);
    }
    facts.setAll(more);
    Map<String, Content> files = new LinkedHashMap<>(beside);
    files.put(ADAPTER, Floats.of(state.values()));
    if (state.start().values().length > 0) {
      files.put(START_FILE, Floats.of(state.start().values()));
    }
    state.moments().forEach((name, vector) -> files.put(file(name), Floats.of(vector)));
    files.put(GRADIENT, Floats.of(state.gradient()));
    return new Snapshot(state.step(), facts, files);
  }

  private static String file(String moment) {
    return MOMENTS + moment + ".f32";
  }

  /**
   * The newest good state of an output.
   *
   * @throws IllegalStateException when there is none, or its run had other settings
   */
  RunState load(String output, Configuration conf) {
    return load(
        output,
        conf,
        checkpoint -> {
          requireSettings(output, checkpoint.manifest());
          return state(checkpoint);
        });
  }

  /**
   * The adapter of the newest good state of an output, for a run of any settings on this base
   * model.
   *
   * @throws IllegalStateException when there is none
   */
  float[] loadWeights(String output, Configuration conf) {
    return load(output, conf, checkpoint -> floats(checkpoint, ADAPTER));
  }

  private <T> T load(String output, Configuration conf, Loader<T> loader) {
    try (CheckpointStore store = CheckpointStore.open(output, conf)) {
      Latest<T> latest = store.latest(Expected.on(run.baseModel()), loader);
      return latest
          .found()
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      "Cannot load state: %s has no checkpoint that is good%s"
                          .formatted(output, reasons(latest))))
          .value();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot load state: " + output + ": " + e.getMessage(), e);
    }
  }

  /** The same run, whose state is of a certain spec. */
  RunCheckpoint of(String id, String specDigest) {
    return new RunCheckpoint(
        new RunIdentity(id, run.name(), run.baseModel(), specDigest, run.libraries()),
        settings,
        base);
  }

  private static String reasons(Latest<?> latest) {
    List<String> reasons =
        latest.leftOut().stream()
            .map(out -> "step %d: %s".formatted(out.step(), out.reason()))
            .toList();
    return reasons.isEmpty() ? "" : " (" + String.join("; ", reasons) + ")";
  }

  /**
   * Nothing, where a checkpoint is of a run with these settings.
   *
   * @throws IllegalStateException where it is not
   */
  void requireSettings(String output, Manifest manifest) {
    JsonNode made = manifest.facts().path("settings");
    List<String> differences = new ArrayList<>();
    settings
        .fields()
        .forEachRemaining(
            here -> {
              JsonNode there = made.path(here.getKey());
              if (!there
                  .toString()
                  .equals(here.getValue().toString())) { // 3 may be an int or a long
                differences.add("%s %s, not %s".formatted(here.getKey(), there, here.getValue()));
              }
            });
    if (!differences.isEmpty()) {
      throw new IllegalStateException(
          "Cannot load state: the run of %s had %s; create the run with the same settings, or take the adapter alone with loadWeights"
              .formatted(output, String.join(", ", differences)));
    }
  }

  /**
   * The state of a checkpoint.
   *
   * @throws ai.signal.checkpoint.RefusedCheckpointException if what is there is not a run's
   */
  static RunState state(Checkpoint checkpoint) throws IOException {
    try {
      return read(checkpoint);
    } catch (CheckpointException e) {
      throw e;
    } catch (RuntimeException e) { // sealed all the same: by another version, or another hand
      throw checkpoint.refusal("it is not of a run: " + e);
    }
  }

  private static RunState read(Checkpoint checkpoint) throws IOException {
    JsonNode facts = checkpoint.manifest().facts();
    Map<String, float[]> moments = new TreeMap<>();
    for (StoredFile file : checkpoint.manifest().files()) {
      if (file.name().startsWith(MOMENTS)) {
        String name = file.name().substring(MOMENTS.length(), file.name().lastIndexOf('.'));
        moments.put(name, floats(checkpoint, file.name()));
      }
    }
    JsonNode accumulated = facts.path("accumulated");
    List<String> losses = new ArrayList<>();
    accumulated.path("losses").forEach(loss -> losses.add(loss.textValue()));
    return new RunState(
        checkpoint.manifest().step(),
        floats(checkpoint, ADAPTER),
        facts.path("optimizer").textValue(),
        facts.path("optimizer_steps").intValue(),
        moments,
        floats(checkpoint, GRADIENT),
        new RunState.Accumulated(
            accumulated.path("calls").intValue(),
            losses,
            Double.parseDouble(accumulated.path("squares").textValue()),
            Double.parseDouble(accumulated.path("denominator").textValue()),
            accumulated.path("tokens").longValue()),
        start(checkpoint));
  }

  private static RunState.Start start(Checkpoint checkpoint) throws IOException {
    if (!checkpoint.manifest().facts().path(START).booleanValue()) {
      return RunState.Start.UNKNOWN;
    }
    return checkpoint.manifest().file(START_FILE).isPresent()
        ? new RunState.Start(true, floats(checkpoint, START_FILE))
        : RunState.Start.UNTRAINED;
  }

  static float[] floats(Checkpoint checkpoint, String name) throws IOException {
    return checkpoint.read(
        name,
        in -> {
          long size = checkpoint.manifest().file(name).orElseThrow().size();
          float[] values = new float[Math.toIntExact(size / Float.BYTES)];
          Floats.read(in, values);
          return values;
        });
  }
}
