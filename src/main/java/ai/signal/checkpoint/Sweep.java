package ai.signal.checkpoint;

import ai.signal.storage.OwnedDeletion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;

/** Deletes what writers that died, failed tries and interrupted deletions have left. */
final class Sweep {
  private final CheckpointStore store;
  private final OwnedDeletion deletion;

  Sweep(CheckpointStore store, OwnedDeletion deletion) {
    this.store = store;
    this.deletion = deletion;
  }

  /** Tells which attempts may be under way; asked after the attempts were listed. */
  @FunctionalInterface
  interface Live {
    Predicate<String> attempts() throws IOException;
  }

  /**
   * One sweep. The order makes it safe: an attempt that is listed and then is neither live nor
   * named by its step's manifest can no longer be committed.
   */
  SweepReport run(Live live) throws IOException {
    Map<Long, List<String>> listed = new TreeMap<>();
    for (long step : store.steps()) {
      listed.put(step, store.attempts(step));
    }
    Predicate<String> mayRun = live.attempts();
    List<String> deleted = new ArrayList<>();
    List<String> spared = new ArrayList<>();
    for (Map.Entry<Long, List<String>> entry : listed.entrySet()) {
      long step = entry.getKey();
      for (String attempt : entry.getValue()) {
        if (!isCommitted(step, attempt)) {
          Path path = store.layout().attempt(step, attempt);
          boolean gone = !mayRun.test(attempt) && deletion.deleteBelow(store.layout().name(path));
          (gone ? deleted : spared).add(path.getParent().getName() + "/" + attempt);
        }
      }
    }
    return new SweepReport(deleted, spared);
  }

  /** Also where the manifest is damaged: what it names may still be of use to a person. */
  private boolean isCommitted(long step, String attempt) throws IOException {
    Optional<Manifest> manifest;
    try {
      manifest = store.manifest(step);
    } catch (RefusedCheckpointException e) {
      return true;
    }
    return manifest.filter(found -> found.attempt().equals(attempt)).isPresent();
  }
}
