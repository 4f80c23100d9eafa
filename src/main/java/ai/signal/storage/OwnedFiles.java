package ai.signal.storage;

import ai.signal.storage.RecordedFile.InDirectory;
import ai.signal.storage.RecordedFile.InOwnPath;
import ai.signal.storage.RecordedFile.WithDigest;
import ai.signal.storage.RecordedFile.WithIdInside;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * One writer of a directory on any Hadoop file system, which other writers and a user may share.
 *
 * <p>Files appear complete or not at all. Before a file appears, an immutable record of its name,
 * size and SHA-256 is written below {@code written/}; files that are not complete yet carry the
 * writer's random id in their names. A file is replaced or deleted only where such a record proves
 * that Signal wrote it. A writer that is killed at any time leaves nothing that a later one cannot
 * prove.
 *
 * <p>Safe for use by many threads, as long as each name has one writer at a time.
 */
public final class OwnedFiles implements Closeable {
  private static final int BUFFER = 1 << 18;
  private static final String PART = ".part";
  private static final String OF_PROCESS = " · ";

  /** Since Hadoop 3.4.2, on S3: of several creators exactly one wins. */
  public static final String CONDITIONAL = "fs.option.create.conditional.overwrite";

  private final FileSystem fs;
  private final Path root;
  private final WriteRecords records;
  private final String attempt;
  private final String writer;

  /** Directories that may hold unfinished files of this writer. */
  private final Set<String> directories = ConcurrentHashMap.newKeySet();

  /** Records of the newest content of a name, by name. */
  private final Map<String, Path> newest = new ConcurrentHashMap<>();

  private OwnedFiles(FileSystem fs, Path root, String attempt, String writer) {
    this.fs = fs;
    this.root = StorageFiles.directory(fs, root);
    this.records = new WriteRecords(fs, this.root);
    this.attempt = attempt;
    this.writer = writer;
  }

  /**
   * A new writer of a directory, which need not exist; nothing is written yet.
   *
   * @param root as Hadoop takes it
   * @param writer what writes, for people who read the records
   */
  public static OwnedFiles open(String root, String writer, Configuration conf) throws IOException {
    Path path = Location.of("Cannot write files", root).path(conf);
    return over(StorageFiles.open(path.toUri(), conf), path, writer);
  }

  /** A new writer over a file system, which is closed with it. */
  public static OwnedFiles over(FileSystem fs, Path root, String writer) {
    return new OwnedFiles(fs, root, AttemptId.random(), labelled(writer));
  }

  /**
   * Opens the same writer in another process, such as an executor.
   *
   * @param attempt its {@link #attempt}
   * @param writer what writes, as {@link #open} was told
   */
  public static OwnedFiles join(String root, String attempt, String writer, Configuration conf)
      throws IOException {
    Path path = Location.of("Cannot write files", root).path(conf);
    return new OwnedFiles(StorageFiles.open(path.toUri(), conf), path, attempt, labelled(writer));
  }

  private static String labelled(String writer) {
    return writer + ofThisProcess();
  }

  private static String ofThisProcess() {
    return OF_PROCESS + ManagementFactory.getRuntimeMXBean().getName();
  }

  /** Id of this writer. */
  public String attempt() {
    return attempt;
  }

  /** The directory, fully qualified. */
  public Path root() {
    return root;
  }

  /** The place of a name. */
  public Path path(String name) {
    return name.isEmpty() ? root : new Path(root, name);
  }

  /** The file system. */
  public FileSystem fileSystem() {
    return fs;
  }

  /**
   * Writes a file, in place of one that Signal wrote.
   *
   * @param name relative to the root, with {@code /} between directories
   * @return its size in bytes
   * @throws ForeignFileException where anything else is there
   */
  public long write(String name, Content content) throws IOException {
    requireFree(name);
    Path target = path(name);
    announceDirectories(List.of(WriteRecords.parent(name)));
    return StorageFiles.appearsAtClose(fs, target)
        ? writeObject(name, target, content)
        : writeAndRename(name, target, content);
  }

  private long writeObject(String name, Path target, Content content) throws IOException {
    FSDataOutputStream out = fs.create(target, true, BUFFER);
    WithDigest written;
    Optional<Path> superseded;
    try {
      written = stream(name, out, content);
      requireFree(name); // a long time may have passed
      superseded = record(written);
    } catch (IOException | RuntimeException | Error e) {
      StorageFiles.abandon(out, e);
      throw e;
    }
    out.close();
    forget(superseded);
    return written.size();
  }

  private long writeAndRename(String name, Path target, Content content) throws IOException {
    Path part = part(target);
    try {
      FSDataOutputStream out = fs.create(part, false, BUFFER);
      WithDigest written;
      try {
        written = stream(name, out, content);
        StorageFiles.sync(out);
      } catch (IOException | RuntimeException | Error e) {
        StorageFiles.abandon(out, e);
        throw e;
      }
      out.close();
      requireFree(name);
      Optional<Path> superseded = record(written);
      rename(part, target);
      forget(superseded);
      return written.size();
    } catch (IOException | RuntimeException | Error e) {
      FirstCommit.deleteQuietly(fs, part, e);
      throw e;
    }
  }

  private static WithDigest stream(String name, FSDataOutputStream out, Content content)
      throws IOException {
    MessageDigest sha256 = Sha256.digest();
    OutputStream buffered = new BufferedOutputStream(new DigestOutputStream(out, sha256), BUFFER);
    content.writeTo(buffered);
    buffered.flush();
    return new WithDigest(name, out.getPos(), Sha256.hex(sha256.digest()));
  }

  private Path part(Path target) {
    return new Path(
        target.getParent(),
        "." + target.getName() + "." + attempt + "." + AttemptId.random() + PART);
  }

  /** Returns whether a name is that of a file that is not complete. */
  static boolean isPart(String name) {
    return name.endsWith(PART);
  }

  /** A rename onto a file replaces it on a local disk and fails elsewhere, as on HDFS. */
  private void rename(Path part, Path target) throws IOException {
    boolean renamed;
    try {
      renamed = fs.rename(part, target);
    } catch (FileAlreadyExistsException e) {
      renamed = false;
    }
    if (!renamed && !(fs.exists(target) && fs.delete(target, false) && fs.rename(part, target))) {
      throw new IOException("Cannot rename " + part + " to " + target.getName());
    }
  }

  /**
   * Writes a small file that must not exist yet, and whose name was {@linkplain #announce
   * announced}. A file system with conditional creation ensures that of several writers one wins;
   * on others they look right before.
   *
   * @param part an announced name for the file until it is complete, where objects do not appear at
   *     once
   * @throws FileAlreadyExistsException where anything is there
   */
  public void commit(String name, String part, byte[] bytes) throws IOException {
    FirstCommit.write(fs, path(name), path(part), bytes);
  }

  /** Announces files whose paths carry this writer's id, and small ones that carry it inside. */
  public void announce(Collection<String> inOwnPath, Collection<String> withIdInside)
      throws IOException {
    put(
        Stream.concat(
                inOwnPath.stream().map(name -> (RecordedFile) new InOwnPath(name)),
                withIdInside.stream().map(WithIdInside::new))
            .toList());
  }

  /** Announces files in directories whose own names will carry this writer's id. */
  public void announceDirectories(Collection<String> names) throws IOException {
    List<RecordedFile> fresh =
        names.stream()
            .filter(name -> !directories.contains(name))
            .map(name -> (RecordedFile) new InDirectory(name))
            .toList();
    if (!fresh.isEmpty()) {
      put(fresh);
      directories.addAll(names);
    }
  }

  /** Records content that is about to appear; the record that it supersedes, where there is one. */
  private Optional<Path> record(WithDigest file) throws IOException {
    return Optional.ofNullable(newest.put(file.name(), put(List.of(file))));
  }

  private Path put(List<RecordedFile> files) throws IOException {
    return records.put(new WriteRecord(OutputFormat.VERSION, attempt, writer, files));
  }

  private void forget(Optional<Path> record) throws IOException {
    if (record.isPresent()) {
      records.delete(record.get());
    }
  }

  /**
   * Requires that a name can be written: nothing is there, or a file that Signal wrote.
   *
   * @throws ForeignFileException otherwise
   */
  public void requireFree(String name) throws IOException {
    if (!isFree(name)) {
      throw new ForeignFileException(path(name).toString());
    }
  }

  private boolean isFree(String name) throws IOException {
    Optional<FileStatus> there = StorageFiles.status(fs, path(name));
    return there.isEmpty() || records.prove(name, there.get());
  }

  /** Returns whether a file is there, and a record proves that Signal wrote it. */
  public boolean isOwn(String name) throws IOException {
    Optional<FileStatus> there = StorageFiles.status(fs, path(name));
    return there.isPresent() && records.prove(name, there.get());
  }

  /** Returns whether any file that a record proves is below a directory. */
  public boolean hasOwnBelow(String directory) throws IOException {
    for (WriteRecord record : records.known().values()) {
      for (RecordedFile file : record.files()) {
        if (!(file instanceof InDirectory)
            && file.name().startsWith(directory + "/")
            && isOwn(file.name())) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Names at which something is that Signal did not write: those of some files, or of directories
   * above them.
   */
  public List<String> taken(Collection<String> names) throws IOException {
    Set<String> taken = new TreeSet<>();
    for (String name : names) {
      for (String at = WriteRecords.parent(name); !at.isEmpty(); at = WriteRecords.parent(at)) {
        if (StorageFiles.isLink(fs, path(at))
            || StorageFiles.status(fs, path(at)).filter(FileStatus::isFile).isPresent()) {
          taken.add(at);
        }
      }
      if (!isFree(name)) {
        taken.add(name);
      }
    }
    return List.copyOf(taken);
  }

  /**
   * Whether all that is here was written by writers of one kind, as far as records prove it. An
   * empty directory counts.
   *
   * @param writer as {@link #open} was told
   */
  public boolean holdsOnlyWorkOf(String writer) throws IOException {
    Map<Path, WriteRecord> all = records.refreshed();
    for (WriteRecord record : all.values()) {
      if (record.formatVersion() != OutputFormat.VERSION
          || !record.writer().startsWith(writer + OF_PROCESS)) {
        return false;
      }
    }
    int prefix = root.toUri().getPath().length() + 1;
    RemoteIterator<LocatedFileStatus> found = fs.listFiles(root, true);
    while (found.hasNext()) {
      LocatedFileStatus file = found.next();
      String name = file.getPath().toUri().getPath().substring(prefix);
      if (!WriteRecords.isRecord(name) && !records.prove(all, name, file)) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether Signal has written here before. */
  public boolean hasRecords() throws IOException {
    return !records.known().isEmpty();
  }

  /** The newest format that anything here was written in; empty where there are no records. */
  public OptionalInt formatVersion() throws IOException {
    return records.known().values().stream().mapToInt(WriteRecord::formatVersion).max();
  }

  /** Returns the writers of other processes by the paths of their records, read afresh. */
  public Map<Path, String> writersOfOthers() throws IOException {
    Map<Path, String> writers = new HashMap<>();
    records.refreshed().forEach((path, record) -> writers.put(path, record.writer()));
    writers.values().removeIf(writer -> writer.endsWith(ofThisProcess()));
    return writers;
  }

  /** Deletes what Signal wrote here. */
  public OwnedDeletion deletion() {
    return new OwnedDeletion(this, records);
  }

  @Override
  public void close() throws IOException {
    fs.close();
  }
}
