package ai.signal.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place of a field's value in the data: a column, or a text with several columns, such as
 * {@code "{instruction}\n{input}"}.
 */
final class FieldSource {
  private static final Pattern COLUMN = Pattern.compile("\\{([^{}]+)\\}");

  private final String source;
  private final List<String> columns;
  private final boolean template;

  private FieldSource(String source, List<String> columns, boolean template) {
    this.source = source;
    this.columns = columns;
    this.template = template;
  }

  /** A column's name, or a text with names of columns in braces. */
  static FieldSource of(String source) {
    List<String> columns = COLUMN.matcher(source).results().map(match -> match.group(1)).toList();
    return columns.isEmpty()
        ? new FieldSource(source, List.of(source), false)
        : new FieldSource(source, columns, true);
  }

  /** The names of its columns. */
  List<String> columns() {
    return columns;
  }

  /** Returns its columns that the data does not have. */
  List<String> missing(Predicate<String> data) {
    return columns.stream().filter(data.negate()).toList();
  }

  /** Whether the data has it, or a part of it. */
  boolean isIn(Predicate<String> data) {
    return columns.stream().anyMatch(data);
  }

  /**
   * The value in a record. In a text of several columns null is an empty text, and numbers are as
   * JSON writes them.
   *
   * @param row whether the record is a row, in which null is not written
   * @throws RecordException if a column of several is not there, or is a list or an object
   */
  JsonNode value(ObjectNode record, boolean row) throws RecordException {
    if (!template) {
      return record.get(source);
    }
    List<String> parts = new ArrayList<>();
    int end = 0;
    for (Matcher matcher = COLUMN.matcher(source); matcher.find(); end = matcher.end()) {
      parts.add(source.substring(end, matcher.start()));
      parts.add(text(record.get(matcher.group(1)), matcher.group(1), row));
    }
    parts.add(source.substring(end));
    return record.textNode(String.join("", parts));
  }

  private static String text(JsonNode value, String column, boolean row) throws RecordException {
    if (value == null && row) {
      return "";
    }
    if (value == null) {
      throw new RecordException("'%s' is missing (data.fields)".formatted(column));
    }
    if (value.isContainerNode()) {
      throw new RecordException(
          "'%s' is %s, not a text (data.fields)".formatted(column, JsonLine.kind(value)));
    }
    JsonLine.requireUnicode(value, column);
    return value.isNull() ? "" : value.asText();
  }
}
