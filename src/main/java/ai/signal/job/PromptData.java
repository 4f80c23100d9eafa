package ai.signal.job;

import ai.signal.data.BadRecords;
import ai.signal.data.DataFormat;
import ai.signal.data.DataSpec;
import ai.signal.data.FileKind;
import ai.signal.data.LongExamples;
import ai.signal.data.LongPrompts;
import ai.signal.data.Prompts;
import ai.signal.spec.DataKeys;
import ai.signal.spec.Deduplicate;
import ai.signal.spec.SpecException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Prompts to complete.
 *
 * @param path a file, a directory of them, or a glob; any Hadoop file system
 * @param table of Spark's catalog, instead of {@code path}
 * @param source the kind of the files
 * @param format how a record is read
 * @param fields the names that fields have in the data, where they have others
 * @param key the column that identifies a record and orders the prompts
 * @param filter a predicate in Spark's SQL that a record has to meet
 * @param deduplicate whether records that repeat an earlier one are skipped
 * @param onBadRecord use of what is no record
 * @param onLong use of prompts that the model cannot complete
 */
record PromptData(
    Optional<String> path,
    Optional<String> table,
    FileKind source,
    DataFormat format,
    Map<String, String> fields,
    Optional<String> key,
    Optional<String> filter,
    JsonNode deduplicate,
    BadRecords onBadRecord,
    LongPrompts onLong)
    implements StageData {
  private static final int UNUSED_LENGTH = 2; // no example is made of a prompt

  PromptData {
    DataKeys.check(path.map(List::of), table, source, fields, deduplicate, Optional.empty());
    if (format != DataFormat.AUTO && !Prompts.formats().contains(format)) {
      throw new SpecException.Value(
          "format",
          format.specName(),
          "auto, "
              + Prompts.formats().stream()
                  .map(DataFormat::specName)
                  .collect(Collectors.joining(", ")));
    }
  }

  PromptData(Optional<String> path, Optional<String> table) {
    this(
        path,
        table,
        FileKind.AUTO,
        DataFormat.AUTO,
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Deduplicate.NOTHING,
        BadRecords.FAIL,
        LongPrompts.SKIP);
  }

  /** All records of files, as they are. */
  static PromptData of(String path) {
    return new PromptData(Optional.of(path), Optional.empty());
  }

  @Override
  public Optional<Integer> maxLength() {
    return Optional.empty();
  }

  @Override
  public LongExamples longExamples() {
    return LongExamples.TRUNCATE;
  }

  /** What is to be read. */
  DataSpec spec() {
    return spec(path().map(Locations::uri).stream().toList(), format, UNUSED_LENGTH, Set.of());
  }
}
