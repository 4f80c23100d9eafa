package ai.signal.storage;

import ai.signal.storage.RecordedFile.InDirectory;
import ai.signal.storage.RecordedFile.InOwnPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Deletes files that records prove to be Signal's, one by one: never a directory with content. What
 * there is to delete comes from the records, so that a user's files are not even listed.
 */
public final class OwnedDeletion {
  private final OwnedFiles files;
  private final FileSystem fs;
  private final WriteRecords records;

  OwnedDeletion(OwnedFiles files, WriteRecords records) {
    this.files = files;
    this.fs = files.fileSystem();
    this.records = records;
  }

  /**
   * Deletes a file.
   *
   * @return whether it is gone; false where Signal did not write what is there
   */
  public boolean delete(String name) throws IOException {
    boolean gone = deleteFile(records.known(), name) || deleteFile(records.refreshed(), name);
    if (gone) {
      deleteEmptyParents(List.of(name));
    }
    return gone;
  }

  private boolean deleteFile(Map<Path, WriteRecord> by, String name) throws IOException {
    Optional<FileStatus> there = StorageFiles.status(fs, files.path(name));
    if (there.isEmpty()) {
      return true;
    }
    if (isBelowALink(name) || !records.prove(by, name, there.get())) {
      return false;
    }
    fs.delete(files.path(name), false);
    return true;
  }

  /** Returns whether a name leads through a link, to a place outside of the output. */
  private boolean isBelowALink(String name) {
    for (String at = WriteRecords.parent(name); !at.isEmpty(); at = WriteRecords.parent(at)) {
      if (StorageFiles.isLink(fs, files.path(at))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Deletes what other writers wrote, then their records.
   *
   * @return names of files that were changed since, and stay
   */
  public List<String> deleteAll() throws IOException {
    return deleteWhere(attempt -> !attempt.equals(files.attempt()));
  }

  /** Deletes what all writers wrote, this one included, then their records. */
  public List<String> deleteAllAndOwn() throws IOException {
    return deleteWhere(attempt -> true);
  }

  private List<String> deleteWhere(Predicate<String> attempts) throws IOException {
    Map<Path, WriteRecord> chosen = chosen(attempts);
    List<String> kept = deleteAnnounced(chosen, name -> true);
    deleteRecords(chosen);
    return kept;
  }

  /** Deletes files that other writers have not completed. */
  public void deleteUnfinished() throws IOException {
    deleteUnfinished(chosen(id -> !id.equals(files.attempt())), "");
  }

  /**
   * Deletes files that no writer has completed, this one included.
   *
   * @param prefix of their names
   */
  public void deleteUnfinished(String prefix) throws IOException {
    deleteUnfinished(chosen(attempt -> true), prefix);
  }

  private void deleteUnfinished(Map<Path, WriteRecord> by, String prefix) throws IOException {
    if (StorageFiles.appearsAtClose(fs, files.root())) {
      return; // an object that is not complete has no name
    }
    Set<String> deleted = new TreeSet<>();
    for (WriteRecord record : by.values()) {
      for (RecordedFile entry : record.files()) {
        if (entry instanceof InDirectory directory) {
          for (String name : of(record, directory)) {
            if (name.startsWith(prefix) && OwnedFiles.isPart(name) && deleteFile(by, name)) {
              deleted.add(name);
            }
          }
        }
      }
    }
    deleteEmptyParents(deleted);
  }

  /**
   * Deletes all files below a directory that records prove; the records stay.
   *
   * @return names of recorded files that were changed since, and stay
   */
  public List<String> deleteFilesBelow(String directory) throws IOException {
    return deleteAnnounced(
        Map.copyOf(records.refreshed()), name -> name.startsWith(directory + "/"));
  }

  /**
   * Deletes the announced files below a directory whose path carries their writer's id, then the
   * records that announce it.
   *
   * @return whether all that was announced is gone, and something was
   */
  public boolean deleteBelow(String directory) throws IOException {
    Map<Path, WriteRecord> announced = announcing(records.known(), directory);
    if (announced.isEmpty()) {
      announced = announcing(records.refreshed(), directory);
    }
    List<String> kept = deleteAnnounced(announced, name -> name.startsWith(directory + "/"));
    if (kept.isEmpty()) {
      deleteRecords(announced);
    }
    return kept.isEmpty() && !announced.isEmpty();
  }

  private static Map<Path, WriteRecord> announcing(
      Map<Path, WriteRecord> records, String directory) {
    Map<Path, WriteRecord> announcing = new LinkedHashMap<>(records);
    announcing.values().removeIf(record -> !announces(record, directory));
    return announcing;
  }

  private static boolean announces(WriteRecord record, String directory) {
    return record.files().stream()
        .anyMatch(entry -> entry instanceof InOwnPath && entry.name().startsWith(directory + "/"));
  }

  /** Deletes all records: what was written belongs to the user from now on. */
  public void deleteAllRecords() throws IOException {
    deleteRecords(chosen(attempt -> true));
  }

  private Map<Path, WriteRecord> chosen(Predicate<String> attempts) throws IOException {
    Map<Path, WriteRecord> chosen = new LinkedHashMap<>(records.refreshed());
    chosen.values().removeIf(record -> !attempts.test(record.attempt()));
    return chosen;
  }

  private List<String> deleteAnnounced(Map<Path, WriteRecord> by, Predicate<String> names)
      throws IOException {
    Set<String> deleted = new TreeSet<>();
    Set<String> kept = new TreeSet<>();
    for (WriteRecord record : by.values()) {
      for (RecordedFile entry : record.files()) {
        List<String> found =
            entry instanceof InDirectory directory ? of(record, directory) : List.of(entry.name());
        for (String name : found) {
          if (names.test(name) && !deleted.contains(name)) {
            (deleteFile(by, name) ? deleted : kept).add(name);
          }
        }
      }
    }
    deleteEmptyParents(deleted);
    kept.removeAll(deleted);
    return new ArrayList<>(kept);
  }

  /** Files of a writer in a directory, by their names. */
  private List<String> of(WriteRecord record, InDirectory directory) throws IOException {
    List<String> names = new ArrayList<>();
    if (!directory.name().isEmpty() && StorageFiles.isLink(fs, files.path(directory.name()))) {
      return names;
    }
    for (FileStatus file : StorageFiles.list(fs, files.path(directory.name()))) {
      String name = file.getPath().getName();
      if (file.isFile() && AttemptId.isNameBy(record.attempt(), name)) {
        names.add(directory.name().isEmpty() ? name : directory.name() + "/" + name);
      }
    }
    return names;
  }

  private void deleteRecords(Map<Path, WriteRecord> chosen) throws IOException {
    List<String> names = new ArrayList<>();
    for (Path place : chosen.keySet()) {
      records.delete(place);
      names.add(WriteRecords.DIRECTORY + "/" + place.getParent().getName() + "/" + place.getName());
    }
    deleteEmptyParents(names);
  }

  /** Directories in which files were deleted, where nothing else is in them; never the root. */
  private void deleteEmptyParents(Collection<String> names) throws IOException {
    Set<String> parents =
        new TreeSet<>(
            Comparator.comparing(String::length)
                .reversed()
                .thenComparing(Comparator.naturalOrder()));
    for (String name : names) {
      for (String at = WriteRecords.parent(name); !at.isEmpty(); at = WriteRecords.parent(at)) {
        parents.add(at);
      }
    }
    for (String parent : parents) {
      Path directory = files.path(parent);
      if (!StorageFiles.isLink(fs, directory)
          && StorageFiles.status(fs, directory).filter(FileStatus::isDirectory).isPresent()
          && StorageFiles.list(fs, directory).isEmpty()) {
        fs.delete(directory, false);
      }
    }
  }
}
