package ai.signal.checkpoint;

import ai.signal.storage.Content;
import ai.signal.storage.OwnedDeletion;
import ai.signal.storage.OwnedFiles;
import ai.signal.storage.Sha256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of an output: takes it over when it opens, and saves checkpoints as attempts of
 * its own. For one thread.
 */
final class Attempts {
  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

  private final CheckpointStore store;
  private final OwnedFiles output;
  private final RunIdentity run;
  private final Owner self;

  /** SHA-256 of the manifests that were there before: this run may do their steps again. */
  private final Map<Long, String> earlier = new HashMap<>();

  private String current = "";
  private int count;

  private Attempts(CheckpointStore store, OwnedFiles output, RunIdentity run, Owner self) {
    this.store = store;
    this.output = output;
    this.run = run;
    this.self = self;
  }

  /** From here on, whoever had the output cannot commit. */
  static Attempts open(CheckpointStore store, RunIdentity run) throws IOException {
    OwnedFiles output = store.writer("checkpoints of " + run.name());
    Owner self = Owner.of(output.attempt(), run.name());
    Optional<Owner> before = Owner.read(store);
    self.write(output);
    before.ifPresent(
        owner -> LOG.info("{} is taken over by {} from {}", store.location(), self, owner));
    Attempts attempts = new Attempts(store, output, run, self);
    for (long step : store.steps()) {
      try {
        store.manifestBytes(step).ifPresent(bytes -> attempts.earlier.put(step, Sha256.of(bytes)));
      } catch (RefusedCheckpointException e) {
        LOG.warn("Skipped: {}", e.getMessage()); // no writer of checkpoints made it
      }
    }
    return attempts;
  }

  /** Id of this writer, with which all of its attempts begin. */
  String writer() {
    return self.id();
  }

  /** Deletes what this and other writers wrote. */
  OwnedDeletion deletion() {
    return output.deletion();
  }

  /**
   * Which attempts a sweep of this writer has to spare: its own that is under way. While it has the
   * output nobody else's can be, and when it has not, none is its to delete.
   */
  Predicate<String> live() throws IOException {
    boolean owns = Owner.read(store).filter(owner -> owner.id().equals(self.id())).isPresent();
    String underWay = current;
    return owns ? underWay::equals : attempt -> true;
  }

  /**
   * Writes the files, then the manifest.
   *
   * @throws ForeignWriterException if another writer has taken the output or committed the step
   * @throws IOException if the store fails; the checkpoint may have been committed nonetheless,
   *     which the next try finds out
   */
  Manifest save(Snapshot snapshot) throws IOException {
    long step = snapshot.step();
    if (store.files().isLink(store.layout().step(step))) {
      throw new CheckpointException(
          "Cannot save checkpoint of step %d: %s is a symbolic link, which may lead out of the output"
              .formatted(step, store.layout().step(step)));
    }
    Optional<Manifest> committed = ownManifest(step);
    if (committed.isPresent()) {
      requireOwned(step);
      return committed.get();
    }
    String attempt = self.id() + "-" + ++count;
    current = attempt;
    try {
      announce(step, attempt, snapshot);
      List<StoredFile> files = new ArrayList<>();
      for (Map.Entry<String, Content> file : snapshot.files().entrySet()) {
        Path path = store.layout().file(step, attempt, file.getKey());
        files.add(store.files().write(path, file.getKey(), file.getValue()));
      }
      requireWhole(step, attempt, files);
      Manifest manifest =
          new Manifest(Manifest.FORMAT_VERSION, step, attempt, run, snapshot.facts(), files);
      requireOwned(step);
      replaceEarlier(step);
      commit(manifest);
      requireOwned(step);
      return manifest;
    } finally {
      current = "";
    }
  }

  private void announce(long step, String attempt, Snapshot snapshot) throws IOException {
    Layout layout = store.layout();
    List<String> names = new ArrayList<>(List.of(part(step, attempt)));
    snapshot
        .files()
        .keySet()
        .forEach(name -> names.add(layout.name(layout.file(step, attempt, name))));
    output.announce(names, List.of(layout.name(layout.manifest(step))));
  }

  /** The manifest until it is complete. */
  private String part(long step, String attempt) {
    return store.layout().name(store.layout().file(step, attempt, Layout.MANIFEST + ".part"));
  }

  /** A commit of this writer whose answer was lost. */
  private Optional<Manifest> ownManifest(long step) throws IOException {
    try {
      return store.manifest(step).filter(manifest -> manifest.writer().equals(self.id()));
    } catch (RefusedCheckpointException e) {
      return Optional.empty();
    }
  }

  /** What the store has is what was written, by number and size. */
  private void requireWhole(long step, String attempt, List<StoredFile> written)
      throws IOException {
    Map<String, Long> sizes =
        written.isEmpty() ? Map.of() : store.files().sizes(store.layout().attempt(step, attempt));
    for (StoredFile file : written) {
      if (!Objects.equals(sizes.get(file.name()), file.size())) {
        throw new IOException(
            "%s has %s bytes after %d were written"
                .formatted(
                    store.layout().file(step, attempt, file.name()),
                    sizes.getOrDefault(file.name(), 0L),
                    file.size()));
      }
    }
  }

  private void requireOwned(long step) throws IOException {
    Optional<Owner> owner = Owner.read(store);
    if (owner.isEmpty() || !owner.get().id().equals(self.id())) {
      throw new ForeignWriterException(
          "Cannot save checkpoint of step %d: %s belongs to writer %s now, not to %s; two drivers write to it, stop one"
              .formatted(
                  step,
                  store.location(),
                  owner.map(Owner::toString).orElse("nobody (owner.json is gone)"),
                  self));
    }
  }

  /** Of a run that stopped after this step, and was continued from an older checkpoint. */
  private void replaceEarlier(long step) throws IOException {
    Optional<byte[]> there = store.manifestBytes(step);
    if (there.isEmpty()) {
      return;
    }
    if (!Sha256.of(there.get()).equals(earlier.get(step))) {
      throw conflict(step, there.get());
    }
    LOG.info("Checkpoint of step {} in {} is replaced", step, store.location());
    if (!output.deletion().delete(store.layout().name(store.layout().manifest(step)))) {
      throw new CheckpointException(
          "Cannot save checkpoint of step %d: %s is not a manifest that Signal wrote here; move it away"
              .formatted(step, store.layout().manifest(step)));
    }
  }

  private void commit(Manifest manifest) throws IOException {
    long step = manifest.step();
    byte[] bytes = ManifestJson.write(manifest);
    try {
      output.commit(
          store.layout().name(store.layout().manifest(step)),
          part(step, manifest.attempt()),
          bytes);
    } catch (IOException e) {
      // The answer may have been lost, or somebody was faster.
      Optional<byte[]> there = store.manifestBytes(step);
      if (there.isEmpty()) {
        throw e;
      }
      if (!Sha256.of(there.get()).equals(Sha256.of(bytes))) {
        throw conflict(step, there.get());
      }
    }
  }

  private ForeignWriterException conflict(long step, byte[] there) {
    String other;
    try {
      other = ManifestJson.read(there, step, store.layout().manifest(step)).writer();
    } catch (RefusedCheckpointException e) {
      other = "unknown";
    }
    return new ForeignWriterException(
        "Cannot save checkpoint of step %d: writer %s has committed it in %s while %s had the output; two drivers write to it, stop one"
            .formatted(step, other, store.location(), self));
  }
}
