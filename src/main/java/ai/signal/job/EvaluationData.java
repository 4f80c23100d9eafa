package ai.signal.job;

import ai.signal.data.BadRecords;
import ai.signal.data.DataFormat;
import ai.signal.data.DataSpec;
import ai.signal.data.FileKind;
import ai.signal.data.LongExamples;
import ai.signal.spec.DataKeys;
import ai.signal.spec.Deduplicate;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Held-out examples.
 *
 * @param path a file, a directory of them, or a glob; any Hadoop file system
 * @param table of Spark's catalog, instead of {@code path}
 * @param source the kind of the files
 * @param format how a record is read
 * @param fields the names that fields have in the data, where they have others
 * @param key the column that identifies a record and orders the data
 * @param filter a predicate in Spark's SQL that a record has to meet
 * @param deduplicate whether records that repeat one before them are left out
 * @param maxLength tokens of an example, 2 to the model's positions, longer ones are handled as
 *     {@code onLong} says; by default 1024, or the model's positions where they are fewer
 * @param onLong use of records that are longer
 * @param onBadRecord what becomes of what is no record
 */
record EvaluationData(
    Optional<String> path,
    Optional<String> table,
    FileKind source,
    DataFormat format,
    Map<String, String> fields,
    Optional<String> key,
    Optional<String> filter,
    JsonNode deduplicate,
    Optional<Integer> maxLength,
    LongExamples onLong,
    BadRecords onBadRecord)
    implements StageData {

  EvaluationData {
    DataKeys.check(path.map(List::of), table, source, fields, deduplicate, maxLength);
  }

  EvaluationData(Optional<String> path, Optional<String> table) {
    this(
        path,
        table,
        FileKind.AUTO,
        DataFormat.AUTO,
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Deduplicate.NOTHING,
        Optional.empty(),
        LongExamples.TRUNCATE,
        BadRecords.FAIL);
  }

  /** All records of files, as they are. */
  static EvaluationData of(String path) {
    return new EvaluationData(Optional.of(path), Optional.empty());
  }

  @Override
  public LongExamples longExamples() {
    return onLong;
  }

  /** With a number for {@code max_length}. */
  EvaluationData resolve(int positions) {
    return new EvaluationData(
        path,
        table,
        source,
        format,
        fields,
        key,
        filter,
        deduplicate,
        lengthFor(positions),
        onLong,
        onBadRecord);
  }

  /** What is to be read. */
  DataSpec spec() {
    return spec(format, Set.of());
  }
}
