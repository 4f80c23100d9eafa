package ai.signal.checkpoint;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;

/** All that a store has, from listings and manifests: no data file is read. */
final class Inventory {
  private final CheckpointStore store;

  Inventory(CheckpointStore store) {
    this.store = store;
  }

  /** Newest step first; of a step, what is committed first. */
  List<StoredAttempt> attempts() throws IOException {
    List<StoredAttempt> attempts = new ArrayList<>();
    for (long step : store.steps()) {
      attempts.addAll(of(step));
    }
    return attempts;
  }

  private List<StoredAttempt> of(long step) throws IOException {
    Map<String, FileStatus> files = store.files().statuses(store.layout().step(step));
    Optional<Manifest> manifest;
    try {
      manifest = store.manifest(step);
    } catch (RefusedCheckpointException e) {
      return List.of(refused(step, e.reason(), files));
    }
    List<StoredAttempt> attempts = new ArrayList<>();
    manifest.ifPresent(found -> attempts.add(committed(found, files)));
    Map<String, Map<String, FileStatus>> others = new TreeMap<>();
    files.forEach(
        (name, status) -> {
          String attempt = name.substring(0, Math.max(0, name.indexOf('/')));
          if (Manifest.writer(attempt).isPresent()
              && manifest.filter(found -> found.attempt().equals(attempt)).isEmpty()) {
            others.computeIfAbsent(attempt, key -> new TreeMap<>()).put(name, status);
          }
        });
    others.forEach((attempt, own) -> attempts.add(uncommitted(step, attempt, own)));
    return attempts;
  }

  private static StoredAttempt committed(Manifest manifest, Map<String, FileStatus> files) {
    String reason = "";
    for (StoredFile file : manifest.files()) {
      FileStatus found = files.get(manifest.attempt() + "/" + file.name());
      if (reason.isEmpty() && found == null) {
        reason = file.name() + " is missing";
      } else if (reason.isEmpty() && found.getLen() != file.size()) {
        reason = "%s has %d bytes, not %d".formatted(file.name(), found.getLen(), file.size());
      }
    }
    FileStatus written = files.get(Layout.MANIFEST);
    return new StoredAttempt(
        manifest.step(),
        manifest.attempt(),
        reason.isEmpty() ? StoredAttempt.State.GOOD : StoredAttempt.State.REFUSED,
        reason,
        manifest.bytes(),
        Optional.ofNullable(written).map(Inventory::time),
        Optional.of(manifest.run()));
  }

  /** Which of its attempts the manifest named is not known. */
  private static StoredAttempt refused(long step, String reason, Map<String, FileStatus> files) {
    List<String> attempts =
        files.keySet().stream()
            .filter(name -> name.indexOf('/') > 0)
            .map(name -> name.substring(0, name.indexOf('/')))
            .filter(name -> Manifest.writer(name).isPresent())
            .distinct()
            .toList();
    return new StoredAttempt(
        step,
        attempts.size() == 1 ? attempts.get(0) : "",
        StoredAttempt.State.REFUSED,
        reason,
        bytes(files),
        newest(files),
        Optional.empty());
  }

  private static StoredAttempt uncommitted(
      long step, String attempt, Map<String, FileStatus> files) {
    return new StoredAttempt(
        step,
        attempt,
        StoredAttempt.State.UNCOMMITTED,
        "no manifest names it",
        bytes(files),
        newest(files),
        Optional.empty());
  }

  private static long bytes(Map<String, FileStatus> files) {
    return files.values().stream().mapToLong(FileStatus::getLen).sum();
  }

  private static Optional<Instant> newest(Map<String, FileStatus> files) {
    return files.values().stream().map(Inventory::time).max(Comparator.naturalOrder());
  }

  private static Instant time(FileStatus file) {
    return Instant.ofEpochMilli(file.getModificationTime());
  }
}
