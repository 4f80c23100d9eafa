package ai.signal.job;

import ai.signal.spec.SpecException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** Whether a job may write its output on this machine's disk, found before Spark starts. */
final class OutputAccess {
  private OutputAccess() {}

  /**
   * Looks at the output, or at the directory in which it would be made, and writes nothing.
   *
   * @throws SpecException.Value where it cannot be a directory
   */
  static void requireDirectory(String output) {
    if (Locations.isLocal(output)) {
      Path there = existing(Path.of(Locations.local(output)));
      if (!Files.isDirectory(there)) {
        throw refused(output, "%s is a file, allowed: a directory".formatted(there));
      }
    }
  }

  /**
   * Makes the directories that are missing, and removes them again: permissions alone do not tell
   * of file systems that are read-only.
   *
   * @throws SpecException.Value where this user cannot write there
   */
  static void requireWritable(String output) {
    if (!Locations.isLocal(output)) {
      return;
    }
    Path directory = Path.of(Locations.local(output));
    Path there = existing(directory);
    Deque<Path> made = new ArrayDeque<>();
    for (Path each = directory; !each.equals(there); each = each.getParent()) {
      made.push(each); // the uppermost first
    }
    if (!Files.isWritable(there)) {
      throw refused(output, "%s may not be written; choose another directory".formatted(there));
    }
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw refused(
          output, "%s cannot be made in %s; choose another directory".formatted(directory, there));
    } finally {
      made.descendingIterator().forEachRemaining(OutputAccess::remove);
    }
  }

  private static void remove(Path directory) {
    try {
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      // another job has begun to use it
    }
  }

  private static Path existing(Path path) {
    Path there = path;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return there;
  }

  private static SpecException.Value refused(String output, String problem) {
    return new SpecException.Value(
        "output", "= '%s' is refused: %s".formatted(Locations.shown(output), problem));
  }
}
