package ai.signal.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which format rows have, by their columns. */
final class RowFormat {
  private RowFormat() {}

  /**
   * The format that the data set is said to have, or the one whose fields are all there.
   *
   * @throws DataException if a column is missing, or if the columns fit no format or several
   */
  static DataFormat of(DataSpec spec, List<String> columns) {
    Map<String, String> fields = spec.selection().fields();
    for (String source : fields.values()) {
      for (String column : FieldSource.of(source).missing(columns::contains)) {
        throw refused(spec, columns, "there is no '%s' (data.fields)".formatted(column));
      }
    }
    if (spec.format() != DataFormat.AUTO) {
      List<String> missing = missing(spec.format(), fields, columns);
      if (!missing.isEmpty()) {
        throw refused(
            spec,
            columns,
            "there is no '%s' (%s; data.fields gives fields other names)"
                .formatted(String.join("', '", missing), spec.format().rule()));
      }
      return spec.format();
    }
    List<DataFormat> fitting =
        Detected.FORMATS.stream()
            .filter(format -> missing(format, fields, columns).isEmpty())
            .toList();
    List<DataFormat> meant =
        fitting.stream()
            .filter(format -> format.fields().stream().anyMatch(fields::containsKey))
            .toList();
    if (meant.size() == 1) {
      return meant.get(0); // the other's columns only happen to be there
    }
    if (fitting.size() != 1) {
      throw refused(
          spec,
          columns,
          fitting.isEmpty()
              ? "%s (data.fields gives fields other names)".formatted(DataFormat.AUTO.rule())
              : "they fit %s: say which (data.format)"
                  .formatted(
                      String.join(" and ", fitting.stream().map(DataFormat::specName).toList())));
    }
    return fitting.get(0);
  }

  /** The columns that a format's fields stand in, as far as they are there. */
  static List<String> columns(DataFormat format, Map<String, String> fields, RowInput input) {
    List<String> all = new ArrayList<>(fields(format));
    List<String> columns = columns(all, fields, input);
    boolean pair = format == DataFormat.PROMPT_COMPLETION || format == DataFormat.PREFERENCE;
    if (pair && columns.stream().noneMatch(input::isList)) {
      all.remove("tools"); // texts are not rendered
    }
    return columns(all, fields, input);
  }

  private static List<String> columns(
      List<String> names, Map<String, String> fields, RowInput input) {
    return names.stream()
        .flatMap(field -> FieldSource.of(fields.getOrDefault(field, field)).columns().stream())
        .filter(input.columns()::contains)
        .distinct()
        .toList();
  }

  /** The fields that a record of a format may have. */
  static List<String> fields(DataFormat format) {
    List<String> all = new ArrayList<>(format.fields());
    all.addAll(format.optional());
    return all;
  }

  private static List<String> missing(
      DataFormat format, Map<String, String> fields, List<String> columns) {
    return format.fields().stream()
        .flatMap(
            field ->
                FieldSource.of(fields.getOrDefault(field, field))
                    .missing(columns::contains)
                    .stream())
        .toList();
  }

  private static DataException refused(DataSpec spec, List<String> columns, String reason) {
    return new DataException(
        "Cannot read %s with the columns %s: %s"
            .formatted(spec.name(), String.join(", ", columns), reason));
  }
}
