package ai.signal.storage;

import ai.signal.storage.RecordedFile.InDirectory;
import ai.signal.storage.RecordedFile.InOwnPath;
import ai.signal.storage.RecordedFile.WithDigest;
import ai.signal.storage.RecordedFile.WithIdInside;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The records of a root, {@code written/ATTEMPT/NUMBER.json}, and what they prove. They are read
 * once, and again where those that are known do not prove a file: another process may have written
 * it. Safe for use by many threads.
 */
final class WriteRecords {
  static final String DIRECTORY = "written";
  private static final Pattern NAME = Pattern.compile("[0-9]{6}-[0-9a-f]{16}\\.json");
  private static final int MAX_MARKED_BYTES = 1 << 22;
  private static final long LARGE = 64L << 20;

  private final FileSystem fs;
  private final Path root;
  private final AtomicInteger written = new AtomicInteger();
  private final Map<Path, WriteRecord> known = new ConcurrentHashMap<>();
  private final Map<Path, Hashed> hashed = new ConcurrentHashMap<>();
  private volatile boolean loaded;

  /**
   * Content of a file when it was read.
   *
   * @param modified milliseconds since 1970
   */
  private record Hashed(long size, long modified, String sha256) {}

  WriteRecords(FileSystem fs, Path root) {
    this.fs = fs;
    this.root = root;
  }

  /** Writes a record; when this returns, it counts. */
  Path put(WriteRecord record) throws IOException {
    Path place =
        new Path(
            new Path(new Path(root, DIRECTORY), record.attempt()),
            "%06d-%s.json".formatted(written.getAndIncrement(), AttemptId.random()));
    FSDataOutputStream out = fs.create(place, false);
    try {
      out.write(record.bytes());
      StorageFiles.sync(out);
    } catch (IOException | RuntimeException | Error e) {
      StorageFiles.abandon(out, e);
      throw e;
    }
    out.close();
    known.put(place, record);
    return place;
  }

  /** Deletes a record, which proves nothing any more. */
  void delete(Path place) throws IOException {
    fs.delete(place, false);
    known.remove(place);
  }

  /** The records that are known, by their path. */
  Map<Path, WriteRecord> known() throws IOException {
    return loaded ? known : refreshed();
  }

  /** All records there are, by their path. */
  Map<Path, WriteRecord> refreshed() throws IOException {
    Map<Path, WriteRecord> records = read();
    known.putAll(records);
    known.keySet().retainAll(records.keySet());
    loaded = true;
    return known;
  }

  private Map<Path, WriteRecord> read() throws IOException {
    Map<Path, WriteRecord> records = new LinkedHashMap<>();
    Path all = new Path(root, DIRECTORY);
    if (StorageFiles.isLink(fs, all)) {
      return records;
    }
    for (FileStatus attempt : StorageFiles.list(fs, all)) {
      String id = attempt.getPath().getName();
      if (attempt.isDirectory()
          && AttemptId.isOne(id)
          && !StorageFiles.isLink(fs, attempt.getPath())) {
        for (FileStatus file : StorageFiles.list(fs, attempt.getPath())) {
          read(file)
              .filter(record -> record.attempt().equals(id))
              .ifPresent(record -> records.put(file.getPath(), record));
        }
      }
    }
    return records;
  }

  private Optional<WriteRecord> read(FileStatus file) throws IOException {
    Matcher name = NAME.matcher(file.getPath().getName());
    if (!name.matches()
        || !StorageFiles.isRegular(fs, file)
        || StorageFiles.isLink(fs, file.getPath())) {
      return Optional.empty();
    }
    try {
      return bytes(file.getPath(), WriteRecord.MAX_BYTES).flatMap(WriteRecord::of);
    } catch (FileNotFoundException e) {
      return Optional.empty(); // superseded meanwhile
    }
  }

  /** Returns whether a record proves that Signal wrote a file. */
  boolean prove(String name, FileStatus file) throws IOException {
    return prove(known(), name, file) || prove(refreshed(), name, file);
  }

  /** Returns whether one of some records proves it. */
  boolean prove(Map<Path, WriteRecord> records, String name, FileStatus file) throws IOException {
    if (!StorageFiles.isRegular(fs, file) || StorageFiles.isLink(fs, file.getPath())) {
      return false;
    }
    String sha256 = null; // read once, where a record has the same size
    for (WriteRecord record : records.values()) {
      for (RecordedFile entry : record.files()) {
        if (entry instanceof WithDigest known
            && known.name().equals(name)
            && known.size() == file.getLen()) {
          sha256 = sha256 == null ? sha256(file) : sha256;
          if (sha256.equals(known.sha256())) {
            return true;
          }
        } else if (isOf(record, entry, name, file)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Large files are read once, as long as their size and time stay. */
  private String sha256(FileStatus file) throws IOException {
    Hashed before = hashed.get(file.getPath());
    if (before != null
        && before.size == file.getLen()
        && before.modified == file.getModificationTime()) {
      return before.sha256;
    }
    String sha256 = StorageFiles.sha256(fs, file.getPath());
    if (file.getLen() >= LARGE) {
      hashed.put(file.getPath(), new Hashed(file.getLen(), file.getModificationTime(), sha256));
    }
    return sha256;
  }

  private boolean isOf(WriteRecord record, RecordedFile entry, String name, FileStatus file)
      throws IOException {
    if (entry instanceof InOwnPath own) {
      return own.name().equals(name);
    }
    if (entry instanceof InDirectory directory) {
      return parent(name).equals(directory.name())
          && AttemptId.isNameBy(record.attempt(), file.getPath().getName());
    }
    return entry instanceof WithIdInside marked
        && marked.name().equals(name)
        && bytes(file.getPath(), MAX_MARKED_BYTES)
            .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
            .filter(text -> AttemptId.isIn(text, record.attempt()))
            .isPresent();
  }

  /** Returns whether a name is that of a record, complete or not. */
  static boolean isRecord(String name) {
    String[] parts = name.split("/", -1);
    return parts.length == 3
        && parts[0].equals(DIRECTORY)
        && AttemptId.isOne(parts[1])
        && NAME.matcher(parts[2]).matches();
  }

  static String parent(String name) {
    return name.contains("/") ? name.substring(0, name.lastIndexOf('/')) : "";
  }

  /** All of a file, unless it is larger. */
  private Optional<byte[]> bytes(Path file, int atMost) throws IOException {
    try (InputStream in = StorageFiles.input(fs, file)) {
      byte[] bytes = in.readNBytes(atMost + 1);
      return bytes.length > atMost ? Optional.empty() : Optional.of(bytes);
    }
  }
}
