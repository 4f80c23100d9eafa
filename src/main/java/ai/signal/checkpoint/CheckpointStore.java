package ai.signal.checkpoint;

import ai.signal.storage.Location;
import ai.signal.storage.OwnedDeletion;
import ai.signal.storage.OwnedFiles;
import ai.signal.storage.RefusedFileException;
import ai.signal.storage.StorageFiles;
import ai.signal.storage.StoreRetries;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of an output, on any Hadoop file system. Safe for use by many threads. */
public final class CheckpointStore implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);

  private final FileSystem fs;
  private final StoreFiles files;
  private final Layout layout;

  /** Over a file system that this store closes. */
  CheckpointStore(FileSystem fs, Path output) {
    this.fs = fs;
    this.files = new StoreFiles(fs);
    this.layout = new Layout(StorageFiles.directory(fs, output));
  }

  /**
   * Opens an output, which need not exist.
   *
   * @param output directory, as Hadoop takes it: with a scheme, or absolute on the default file
   *     system
   */
  public static CheckpointStore open(String output, Configuration conf) throws IOException {
    Path path = Location.of("Cannot open checkpoints", output).path(conf);
    return new CheckpointStore(StorageFiles.open(path.toUri(), StoreRetries.bounded(conf)), path);
  }

  /** Where it is, for people. */
  public String location() {
    return layout.root().toString();
  }

  /** Whether there is anything at the output. */
  public boolean exists() throws IOException {
    return fs.exists(layout.root());
  }

  /** Whether the output, which exists, may have checkpoints: a file has none. */
  public boolean isDirectory() throws IOException {
    return fs.getFileStatus(layout.root()).isDirectory();
  }

  /** All steps that have anything, newest first. Files are not read, manifests are. */
  public List<StepEntry> list() throws IOException {
    List<StepEntry> entries = new ArrayList<>();
    for (long step : steps()) {
      entry(step).ifPresent(entries::add);
    }
    return entries;
  }

  /**
   * All attempts of all steps, newest step first: what is committed, and what is left of writers
   * that died or is under way. Manifests are read, files are listed.
   */
  public List<StoredAttempt> attempts() throws IOException {
    return new Inventory(this).attempts();
  }

  /** Who opened the output last; empty where nobody has. */
  public Optional<OwnerStatus> owner() throws IOException {
    return Owner.read(this).map(OwnerStatus::of);
  }

  /**
   * A checkpoint by its step.
   *
   * @throws RefusedCheckpointException if there is none, or it is not what is expected
   */
  public Checkpoint open(long step, Expected expected) throws IOException {
    requireNoLink(step, layout.step(step));
    Manifest manifest =
        manifest(step)
            .orElseThrow(
                () ->
                    new RefusedCheckpointException(
                        step, "it has no manifest.json", layout.step(step)));
    expected
        .mismatch(manifest.run())
        .ifPresent(
            problem -> {
              throw new RefusedCheckpointException(step, problem, layout.manifest(step));
            });
    requireNoLink(step, layout.attempt(step, manifest.attempt()));
    return new Checkpoint(files, layout, manifest);
  }

  /**
   * Loads the newest checkpoint that is good and expected; what is left out is logged.
   *
   * @throws IOException if the store fails, which says nothing about a checkpoint
   */
  public <T> Latest<T> latest(Expected expected, Loader<T> loader) throws IOException {
    List<Latest.LeftOut> leftOut = new ArrayList<>();
    for (long step : steps()) {
      try {
        Checkpoint checkpoint = open(step, expected);
        T value = loader.load(checkpoint);
        return new Latest<>(
            Optional.of(new Latest.Loaded<>(checkpoint.manifest(), value)), leftOut);
      } catch (RefusedCheckpointException e) {
        if (entry(step).isPresent()) { // object stores keep names of directories that are empty
          LOG.warn("Left out: {}", e.getMessage());
          leftOut.add(new Latest.LeftOut(step, e.reason()));
        }
      }
    }
    return new Latest<>(Optional.empty(), leftOut);
  }

  /** The newest that is good and expected, all of its files proved. */
  public Latest<Checkpoint> latest(Expected expected) throws IOException {
    return latest(
        expected,
        checkpoint -> {
          checkpoint.verify();
          return checkpoint;
        });
  }

  /**
   * Reads everything of a step.
   *
   * @return what is wrong with it; nothing if it is good
   */
  public List<String> verify(long step) throws IOException {
    Checkpoint checkpoint;
    try {
      checkpoint = open(step, Expected.any());
    } catch (RefusedCheckpointException e) {
      return List.of(e.reason());
    }
    List<String> problems = new ArrayList<>();
    for (StoredFile file : checkpoint.manifest().files()) {
      try {
        checkpoint.read(file.name(), in -> null);
      } catch (RefusedCheckpointException e) {
        problems.add(e.reason());
      }
    }
    return problems;
  }

  /**
   * Deletes a checkpoint, the manifest first: at no time is there a part of one.
   *
   * @throws RefusedCheckpointException if its directory is a symbolic link, or no record proves
   *     that Signal wrote it
   */
  public void delete(long step) throws IOException {
    delete(step, writer("delete").deletion());
  }

  /** The same by a writer that knows the records already. */
  void delete(long step, OwnedDeletion deletion) throws IOException {
    requireNoLink(step, layout.step(step));
    Optional<Manifest> manifest;
    try {
      manifest = manifest(step);
    } catch (RefusedCheckpointException e) {
      manifest = Optional.empty(); // its attempt is swept
    }
    if (!deletion.delete(layout.name(layout.manifest(step)))) {
      throw new RefusedCheckpointException(
          step,
          "no record in written/ proves that this version of Signal wrote it; delete it yourself if it is of no use",
          layout.manifest(step));
    }
    if (manifest.isPresent()) {
      deletion.deleteBelow(layout.name(layout.attempt(step, manifest.get().attempt())));
    }
  }

  /**
   * Deletes attempts that no manifest names, except those of the writer that has the output, which
   * may be running. A new writer sweeps by itself.
   */
  public SweepReport sweep() throws IOException {
    return new Sweep(this, writer("sweep").deletion())
        .run(
            () -> {
              String owner = Owner.read(this).map(Owner::id).orElse("none");
              return attempt -> attempt.startsWith(owner); // all, where an owner is being written
            });
  }

  @Override
  public void close() throws IOException {
    fs.close();
  }

  StoreFiles files() {
    return files;
  }

  /** A new writer of the output. */
  OwnedFiles writer(String what) {
    return OwnedFiles.over(fs, layout.root(), what);
  }

  FileSystem fileSystem() {
    return fs;
  }

  Layout layout() {
    return layout;
  }

  /** The manifest of a step, if there is one. */
  Optional<Manifest> manifest(long step) throws IOException {
    return manifestBytes(step).map(bytes -> ManifestJson.read(bytes, step, layout.manifest(step)));
  }

  /**
   * The same unread.
   *
   * @throws RefusedCheckpointException if it is no regular file
   */
  Optional<byte[]> manifestBytes(long step) throws IOException {
    try {
      return files.read(layout.manifest(step), ManifestJson.MAX_BYTES);
    } catch (RefusedFileException e) {
      RefusedCheckpointException refusal =
          new RefusedCheckpointException(
              step, Layout.MANIFEST + " " + RefusedFileException.reason(e), layout.manifest(step));
      refusal.initCause(e);
      throw refusal;
    }
  }

  /** What is behind a link is not this output's to load or delete. */
  private void requireNoLink(long step, Path directory) {
    if (files.isLink(directory)) {
      throw new RefusedCheckpointException(
          step, "its directory is a symbolic link, which may lead out of the output", directory);
    }
  }

  /** Newest first, of all directories that are named as a step's. */
  List<Long> steps() throws IOException {
    return files.directories(layout.checkpoints()).stream()
        .map(Layout::step)
        .filter(OptionalLong::isPresent)
        .map(OptionalLong::getAsLong)
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /** Attempts of a step, with a manifest or without. */
  List<String> attempts(long step) throws IOException {
    return files.directories(layout.step(step)).stream()
        .filter(name -> Manifest.writer(name).isPresent())
        .toList();
  }

  private Optional<StepEntry> entry(long step) throws IOException {
    try {
      Optional<Manifest> manifest = manifest(step);
      if (manifest.isPresent()) {
        return Optional.of(new StepEntry.Committed(manifest.get()));
      }
      List<FileStatus> left = files.list(layout.step(step));
      return left.isEmpty()
          ? Optional.empty()
          : Optional.of(new StepEntry.Uncommitted(step, attempts(step)));
    } catch (RefusedCheckpointException e) {
      return Optional.of(new StepEntry.Refused(step, e.reason()));
    }
  }
}
