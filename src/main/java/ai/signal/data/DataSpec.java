package ai.signal.data;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What a job says about a data set.
 *
 * @param source where the records are
 * @param selection which of them are used, and how they are found
 * @param format the fields of the records
 * @param maxLength the number of tokens after which a sequence is cut, its first and last token
 *     (such as BOS and EOS) included; at least 2
 * @param onLong use of records with more tokens than {@code maxLength}
 * @param onBadRecord what becomes of what is no record
 * @param inputs what the loss reads of each record beside its tokens: see {@link Example#inputs}
 */
public record DataSpec(
    DataSource source,
    Selection selection,
    DataFormat format,
    int maxLength,
    LongExamples onLong,
    BadRecords onBadRecord,
    Set<String> inputs)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if {@code maxLength} is too small
   */
  public DataSpec {
    inputs = Set.copyOf(inputs);
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(selection, "selection");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(onLong, "onLong");
    Objects.requireNonNull(onBadRecord, "onBadRecord");
    if (maxLength < 2) {
      throw new IllegalArgumentException(
          "Cannot cut sequences to %d tokens: at least 2 are needed to predict one (data.max_length)"
              .formatted(maxLength));
    }
  }

  /** All records of a source; the first that is bad ends the preparation. */
  public DataSpec(DataSource source, DataFormat format, int maxLength) {
    this(
        source, Selection.ALL, format, maxLength, LongExamples.TRUNCATE, BadRecords.FAIL, Set.of());
  }

  /** All records of files, whose extensions say what they are. */
  public DataSpec(List<String> paths, DataFormat format, int maxLength) {
    this(new DataSource.Files(paths, FileKind.AUTO), format, maxLength);
  }

  /** Of other records of the source. */
  public DataSpec selecting(Selection other) {
    return new DataSpec(source, other, format, maxLength, onLong, onBadRecord, inputs);
  }

  /** With another use for what is no record. */
  public DataSpec on(BadRecords use) {
    return new DataSpec(source, selection, format, maxLength, onLong, use, inputs);
  }

  /** Returns the same with another use for records that are too long. */
  public DataSpec onLong(LongExamples use) {
    return new DataSpec(source, selection, format, maxLength, use, onBadRecord, inputs);
  }

  /** For a loss that reads these inputs: a record without them is bad. */
  public DataSpec needing(Set<String> needed) {
    return new DataSpec(source, selection, format, maxLength, onLong, onBadRecord, needed);
  }

  /** The source as messages and job descriptions show it. */
  String name() {
    return source.name();
  }
}
