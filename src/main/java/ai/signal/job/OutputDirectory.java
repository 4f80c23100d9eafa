package ai.signal.job;

import ai.signal.storage.Content;
import ai.signal.storage.Location;
import ai.signal.storage.OutputFormat;
import ai.signal.storage.OwnedFiles;
import ai.signal.storage.ReadLimit;
import ai.signal.storage.StorageFiles;
import ai.signal.storage.StoreRetries;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The output of a job: a directory of any Hadoop file system, in which a user's own files may be
 * too. Only what records of Signal's prove is read as a job's, replaced or deleted.
 */
final class OutputDirectory implements Closeable {
  static final String SPEC = "job.yaml";
  static final String SUMMARY = "summary.json";
  static final String METRICS = "metrics.jsonl";
  static final String REPORT = "report.html";
  static final String OWNER = "owner.json"; // of checkpoints
  static final String CHECKPOINTS = "checkpoints";
  static final String SAMPLES = "samples";
  static final String EVALUATION = "evaluation";
  static final String QUARANTINE = "quarantine";
  private static final String RECORDS = "written";
  private static final int MAX_TEXT = 1 << 20;
  private static final Pattern OWNER_OF_FORMAT_1 =
      Pattern.compile("^\\{\\s*\"id\"\\s*:\\s*\"[0-9a-f]{16}\"");

  /** What took work: steps, and what stages after them wrote. */
  private static final List<String> RESULTS =
      List.of(CHECKPOINTS, StageRecords.DIRECTORY, SAMPLES, EVALUATION, "adapter", "merged");

  private final OwnedFiles files;
  private final Configuration conf;

  private OutputDirectory(OwnedFiles files, Configuration conf) {
    this.files = files;
    this.conf = conf;
  }

  /**
   * Opens a directory, which need not exist; nothing is written yet.
   *
   * @param location with a scheme, or an absolute path of this machine
   */
  static OutputDirectory open(String location, Configuration conf) throws IOException {
    Configuration bounded = StoreRetries.bounded(conf);
    String root =
        Location.of("Cannot open output", Locations.uri(location)).path(bounded).toString();
    return new OutputDirectory(OwnedFiles.open(root, "job", bounded), bounded);
  }

  /** The location, as Hadoop takes it. */
  String location() {
    return files.root().toString();
  }

  /** The location of a file in it, as Hadoop takes it. */
  String location(String name) {
    return files.path(name).toString();
  }

  /** How its file system is reached. */
  Configuration conf() {
    return conf;
  }

  /** Its files, as one writer sees them. */
  OwnedFiles files() {
    return files;
  }

  /** A file that Signal wrote; empty where there is none, or somebody else's. */
  Optional<String> read(String name) throws IOException {
    if (!files.isOwn(name)) {
      return Optional.empty();
    }
    try (InputStream content = StorageFiles.input(files.fileSystem(), files.path(name))) {
      byte[] bytes = ReadLimit.OUTPUT.read(content, files.path(name));
      return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** Writes a file, in place of one that Signal wrote. */
  void write(String name, Content content) throws IOException {
    files.write(name, content);
  }

  void write(String name, String text) throws IOException {
    write(name, Content.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Announces the directories that every job writes to in one record. */
  void announce() throws IOException {
    files.announceDirectories(List.of("", StageRecords.DIRECTORY, SAMPLES, EVALUATION));
  }

  /** Whether there is anything of Signal's that took work. */
  boolean hasResults() throws IOException {
    for (String directory : RESULTS) {
      if (files.hasOwnBelow(directory)) {
        return true;
      }
    }
    return files.isOwn(METRICS)
        && files.fileSystem().getFileStatus(files.path(METRICS)).getLen() > 0;
  }

  /** Whether anything is at a name, whoever wrote it. */
  boolean exists(String name) throws IOException {
    return StorageFiles.status(files.fileSystem(), files.path(name)).isPresent();
  }

  /** The format of what Signal wrote here; empty where there is nothing of Signal's. */
  Optional<Integer> formatVersion() throws IOException {
    if (files.formatVersion().isPresent()) {
      return Optional.of(files.formatVersion().getAsInt());
    }
    return hasUnrecordedOwner() || hasUnrecordedJob()
        ? Optional.of(OutputFormat.WITHOUT_RECORDS)
        : Optional.empty();
  }

  private boolean hasUnrecordedOwner() throws IOException {
    return OWNER_OF_FORMAT_1.matcher(text(OWNER).orElse("")).find();
  }

  private boolean hasUnrecordedJob() throws IOException {
    return exists(SUMMARY) && exists(METRICS) && text(SPEC).filter(SpecReader::isJob).isPresent();
  }

  /** The text of a file, whoever wrote it. */
  private Optional<String> text(String name) throws IOException {
    try (InputStream content = StorageFiles.input(files.fileSystem(), files.path(name))) {
      byte[] bytes = content.readNBytes(MAX_TEXT);
      return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** Names that are taken by what Signal did not write. */
  List<String> taken(Collection<String> names) throws IOException {
    return files.taken(names);
  }

  /**
   * Deletes what earlier jobs wrote. Announced first, so that a job which is still writing there
   * finds the cause of its failure.
   *
   * @return names of what remains at the top: a user's own
   */
  List<String> clear() throws IOException {
    if (!files.hasRecords()) {
      return List.of();
    }
    announce();
    files.deletion().deleteAll();
    return StorageFiles.list(files.fileSystem(), files.root()).stream()
        .filter(file -> !file.getPath().getName().equals(RECORDS))
        .map(file -> file.getPath().getName() + (file.isDirectory() ? "/" : ""))
        .sorted()
        .toList();
  }

  /** Names of files in a directory. */
  List<String> names(String directory) throws IOException {
    return StorageFiles.list(files.fileSystem(), files.path(directory)).stream()
        .map(FileStatus::getPath)
        .map(Path::getName)
        .toList();
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
