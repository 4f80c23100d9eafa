package ai.signal.spec;

import ai.signal.data.BadRecords;
import ai.signal.data.DataFormat;
import ai.signal.data.DataSource;
import ai.signal.data.DataSpec;
import ai.signal.data.FileKind;
import ai.signal.data.LongExamples;
import ai.signal.data.Selection;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys of a data set, whoever asks for it: all but those that say where its files are. */
public interface DataKeys {
  int DEFAULT_LENGTH = 1024;

  Optional<String> table();

  FileKind source();

  DataFormat format();

  Map<String, String> fields();

  Optional<String> key();

  Optional<String> filter();

  JsonNode deduplicate();

  Optional<Integer> maxLength();

  BadRecords onBadRecord();

  /** The use of records longer than {@link #maxLength}. */
  LongExamples longExamples();

  /**
   * Checks keys against each other.
   *
   * @throws SpecException.Value naming the one that is wrong
   */
  static void check(
      Optional<List<String>> path,
      Optional<String> table,
      FileKind source,
      Map<String, String> fields,
      JsonNode deduplicate,
      Optional<Integer> maxLength) {
    if (path.isEmpty() && table.isEmpty()) {
      throw new SpecException.Value("path", "is missing");
    }
    path.ifPresent(files -> files.forEach(text -> Check.location("path", text)));
    table.ifPresent(text -> Check.location("table", text)); // parquet.`s3a://bucket/x`
    if (path.isPresent() && table.isPresent()) {
      throw new SpecException.Value("table", table.get(), "null where data.path is given");
    }
    if (table.isPresent() && source != FileKind.AUTO) {
      throw new SpecException.Value("source", Names.of(source), "auto for a table");
    }
    Set<String> known = Selection.fieldNames();
    for (String field : fields.keySet()) {
      if (!known.contains(field)) {
        String hint =
            Names.nearest(field, known).map(", did you mean '%s'?"::formatted).orElse(",");
        throw new SpecException.Value(
            "fields." + field,
            "= %s is no field of a record%s allowed: %s"
                .formatted(fields.get(field), hint, String.join(", ", known)));
      }
    }
    Deduplicate.columns(deduplicate);
    maxLength.ifPresent(length -> Check.atLeast("max_length", length, 2));
  }

  /** The {@code max_length} of a model with so many positions. */
  default Optional<Integer> lengthFor(int positions) {
    return Optional.of(maxLength().orElse(Math.min(DEFAULT_LENGTH, positions)));
  }

  /**
   * Checks {@code max_length} against the model.
   *
   * @param at the key path of this data set
   * @throws SpecException.Value when it is more than the model's positions
   */
  default void fits(String at, int positions) {
    if (maxLength().isPresent() && maxLength().get() > positions) {
      throw new SpecException.Value(
          at + ".max_length", maxLength().get(), "up to the model's " + positions + " positions");
    }
  }

  /** The {@code max_length} of a resolved spec. */
  default int length() {
    return maxLength().orElseThrow();
  }

  /** Which records are used, and how they are found. */
  default Selection selection() {
    return new Selection(fields(), key(), filter(), Deduplicate.columns(deduplicate()));
  }

  /**
   * What is to be read.
   *
   * @param files where they are, as Hadoop takes them; none of a table
   * @param records the format that the loss makes of {@link #format}
   * @param length {@code max_length}
   * @param inputs what the loss reads of each record
   */
  default DataSpec spec(List<String> files, DataFormat records, int length, Set<String> inputs) {
    DataSource from =
        table().isPresent()
            ? new DataSource.Table(table().get())
            : new DataSource.Files(files, source());
    return new DataSpec(from, selection(), records, length, longExamples(), onBadRecord(), inputs);
  }
}
