package ai.signal.data;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * What a job says about a data set.
 *
 * @param paths files, directories or globs on any Hadoop file system; a file named twice is read
 *     once
 * @param format the fields of the records
 * @param maxLength the number of tokens after which a sequence is cut, its first and last token
 *     (such as BOS and EOS) included; at least 2
 */
public record DataSpec(List<String> paths, DataFormat format, int maxLength)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if there is no path or {@code maxLength} is too small
   */
  public DataSpec {
    paths = List.copyOf(paths);
    Objects.requireNonNull(format, "format");
    if (paths.isEmpty() || paths.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("Cannot read data: a path is empty (data.path)");
    }
    if (maxLength < 2) {
      throw new IllegalArgumentException(
          "Cannot cut sequences to %d tokens: at least 2 are needed to predict one (data.max_length)"
              .formatted(maxLength));
    }
  }

  /** The paths as messages and job descriptions show them. */
  String name() {
    return String.join(", ", paths);
  }
}
