package ai.signal.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code manifest.json}: written last, it commits the files that it names.
 *
 * @param formatVersion of the layout
 * @param step the number of optimizer steps done
 * @param attempt the directory beside the manifest that has the files: the writer's id and a number
 * @param run what it is a checkpoint of
 * @param facts what the caller wants to know again
 * @param files in the order in which they were written
 */
public record Manifest(
    int formatVersion,
    long step,
    String attempt,
    RunIdentity run,
    ObjectNode facts,
    List<StoredFile> files) {
  /** The layout that this release writes, and the newest that it reads. */
  public static final int FORMAT_VERSION = 1;

  private static final Pattern ATTEMPT = Pattern.compile("([0-9a-f]{16})-[0-9]{1,9}");

  public Manifest {
    Objects.requireNonNull(run, "run");
    if (step < 0) {
      throw new IllegalArgumentException("step is %d".formatted(step));
    }
    if (writer(attempt).isEmpty()) {
      throw new IllegalArgumentException("'%s' is no attempt".formatted(attempt));
    }
    facts = facts.deepCopy();
    files = List.copyOf(files);
    Set<String> names = new HashSet<>();
    for (StoredFile file : files) {
      if (!names.add(file.name())) {
        throw new IllegalArgumentException("'%s' is there twice".formatted(file.name()));
      }
    }
  }

  /** A copy, for an ObjectNode can be changed. */
  @Override
  public ObjectNode facts() {
    return facts.deepCopy();
  }

  /** Id of the writer that committed it. */
  public String writer() {
    return writer(attempt).orElseThrow();
  }

  /** A file by name. */
  public Optional<StoredFile> file(String name) {
    return files.stream().filter(file -> file.name().equals(name)).findFirst();
  }

  /** Bytes of all files. */
  public long bytes() {
    return files.stream().mapToLong(StoredFile::size).sum();
  }

  /** Id of the writer of an attempt; empty where a name is not an attempt's. */
  static Optional<String> writer(String attempt) {
    return Optional.ofNullable(attempt)
        .map(ATTEMPT::matcher)
        .filter(java.util.regex.Matcher::matches)
        .map(matcher -> matcher.group(1));
  }
}
