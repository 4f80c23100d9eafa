package ai.signal.client;

import ai.signal.checkpoint.Checkpoint;
import ai.signal.checkpoint.CheckpointException;
import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.CheckpointWriter;
import ai.signal.checkpoint.Expected;
import ai.signal.checkpoint.Latest;
import ai.signal.checkpoint.Manifest;
import ai.signal.checkpoint.Retention;
import ai.signal.checkpoint.SavePolicy;
import ai.signal.storage.Content;
import ai.signal.storage.Location;
import ai.signal.storage.ReadLimit;
import ai.signal.train.RunState;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The checkpoints of one run in one output. When it is opened, the run goes on from the newest good
 * one; then what is saved is written in the background. One call at a time, but for {@link
 * #lastStep}.
 */
public final class RunCheckpoints implements AutoCloseable {
  private final AsyncTrainingClient run;
  private final CheckpointStore store;
  private final RunCheckpoint form;
  private final CheckpointWriter writer;
  private final Optional<Resumed> resumed;
  private final List<String> leftOut;

  /**
   * What the run went on from.
   *
   * @param step optimizer steps done
   * @param facts of its manifest
   * @param beside content of the caller's file
   */
  @SuppressWarnings("ArrayRecordComponent") // read once
  public record Resumed(long step, ObjectNode facts, byte[] beside) {}

  @SuppressWarnings("ArrayRecordComponent") // read once
  private record Loaded(RunState state, byte[] beside) {}

  private RunCheckpoints(
      AsyncTrainingClient run,
      CheckpointStore store,
      RunCheckpoint form,
      CheckpointWriter writer,
      Optional<Resumed> resumed,
      List<String> leftOut) {
    this.run = run;
    this.store = store;
    this.form = form;
    this.writer = writer;
    this.resumed = resumed;
    this.leftOut = leftOut;
  }

  /**
   * Takes an output over, and goes on from what is there.
   *
   * @param output the directory that has {@code checkpoints}, on any Hadoop file system
   * @param specDigest of what decides the numbers of this training from its first step; checkpoints
   *     of another are skipped
   * @param difference how the training of a checkpoint with these facts differs otherwise; empty:
   *     it does not
   * @param beside name of the file that the caller saves with each state
   * @throws IllegalStateException when the newest good checkpoint is of a run with other settings
   * @throws UncheckedIOException when the store fails
   */
  public static RunCheckpoints open(
      AsyncTrainingClient run,
      String output,
      String specDigest,
      Function<ObjectNode, Optional<String>> difference,
      String beside,
      SavePolicy policy) {
    Location.of("Cannot open checkpoints", output);
    RunCheckpoint form = run.states().checkpoint();
    CheckpointStore store = null;
    try {
      store = CheckpointStore.open(output, run.states().conf());
      Expected expected =
          new Expected(
              Optional.empty(), Optional.of(form.run().baseModel()), Optional.of(specDigest));
      Latest<Loaded> latest =
          store.latest(expected, checkpoint -> load(checkpoint, difference, beside));
      List<String> leftOut =
          latest.leftOut().stream()
              .map(out -> "checkpoint of step %d: %s".formatted(out.step(), out.reason()))
              .toList();
      if (latest.found().isEmpty()) {
        form = form.of(form.run().id(), specDigest);
        CheckpointWriter writer = CheckpointWriter.open(store, form.run(), policy);
        return new RunCheckpoints(run, store, form, writer, Optional.empty(), leftOut);
      }
      Manifest manifest = latest.found().get().manifest();
      Loaded loaded = latest.found().get().value();
      form.requireSettings(output, manifest);
      run.restored("load_state", List.of(output), () -> run.run().restore(loaded.state())).result();
      form = form.of(manifest.run().id(), specDigest);
      CheckpointWriter writer = CheckpointWriter.resume(store, form.run(), policy, manifest);
      Resumed resumed = new Resumed(manifest.step(), manifest.facts(), loaded.beside());
      return new RunCheckpoints(run, store, form, writer, Optional.of(resumed), leftOut);
    } catch (IOException e) {
      close(store, e);
      throw new UncheckedIOException(
          "Cannot read checkpoints of %s: %s".formatted(output, e.getMessage()), e);
    } catch (RuntimeException e) {
      close(store, e);
      throw e;
    }
  }

  private static void close(CheckpointStore store, Exception why) {
    try {
      if (store != null) {
        store.close();
      }
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  private static Loaded load(
      Checkpoint checkpoint, Function<ObjectNode, Optional<String>> difference, String beside)
      throws IOException {
    Optional<String> other = difference.apply(checkpoint.manifest().facts());
    if (other.isPresent()) {
      throw checkpoint.refusal(other.get());
    }
    return new Loaded(
        RunCheckpoint.state(checkpoint),
        checkpoint.read(beside, in -> ReadLimit.METRICS.read(in, beside)));
  }

  /** Identity of the base model's weights. */
  public String baseModel() {
    return form.run().baseModel();
  }

  /** What the run went on from; empty where it begins. */
  public Optional<Resumed> resumed() {
    return resumed;
  }

  /** Newer checkpoints that were not good, each with its reason. */
  public List<String> leftOut() {
    return leftOut;
  }

  /** A copy of what the run's last optim_step left, while it computes; for any thread. */
  public RunState lastStep() {
    return run.run().lastStep();
  }

  /**
   * Begins to save, after the save before has ended.
   *
   * @param state of a later step than the one before
   * @param facts kept in the manifest, numbers finite
   * @param beside named files; the one that {@link #open} was told is among them
   * @param retention what is deleted afterwards
   * @return of the commit; a failure is also thrown by the next call
   * @throws CheckpointException when an earlier save has failed
   */
  public CompletionStage<Manifest> save(
      RunState state, ObjectNode facts, Map<String, Content> beside, Retention retention) {
    return writer.save(form.snapshot(state, facts, beside), Optional.of(retention));
  }

  /**
   * Waits until all is committed.
   *
   * @return what was saved last, by this or an earlier process; empty where nothing was
   * @throws CheckpointException when a save has failed
   */
  public Optional<Manifest> await() {
    return writer.await();
  }

  /** Waits like {@link #await}. */
  @Override
  public void close() {
    try (store) {
      writer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot close %s: %s".formatted(store.location(), e.getMessage()), e);
    }
  }
}
