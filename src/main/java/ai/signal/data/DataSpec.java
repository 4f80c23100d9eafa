package ai.signal.data;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What a job says about a data set.
 *
 * @param paths files, directories or globs on any Hadoop file system; a file named twice is read
 *     once
 * @param format the fields of the records
 * @param maxLength the number of tokens after which a sequence is cut, its first and last token
 *     (such as BOS and EOS) included; at least 2
 * @param onBadRecord what becomes of lines that are no record
 * @param inputs what the loss reads of each record beside its tokens: see {@link Example#inputs}
 */
public record DataSpec(
    List<String> paths,
    DataFormat format,
    int maxLength,
    BadRecords onBadRecord,
    Set<String> inputs)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if there is no path or {@code maxLength} is too small
   */
  public DataSpec {
    paths = List.copyOf(paths);
    inputs = Set.copyOf(inputs);
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(onBadRecord, "onBadRecord");
    if (paths.isEmpty() || paths.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("Cannot read data: a path is empty (data.path)");
    }
    if (maxLength < 2) {
      throw new IllegalArgumentException(
          "Cannot cut sequences to %d tokens: at least 2 are needed to predict one (data.max_length)"
              .formatted(maxLength));
    }
  }

  /** The first line that is no record ends the preparation. */
  public DataSpec(List<String> paths, DataFormat format, int maxLength) {
    this(paths, format, maxLength, BadRecords.FAIL, Set.of());
  }

  /** With another use for lines that are no record. */
  public DataSpec on(BadRecords use) {
    return new DataSpec(paths, format, maxLength, use, inputs);
  }

  /** For a loss that reads these inputs: a record without them is bad. */
  public DataSpec needing(Set<String> needed) {
    return new DataSpec(paths, format, maxLength, onBadRecord, needed);
  }

  /** The paths as messages and job descriptions show them. */
  String name() {
    return String.join(", ", paths);
  }
}
