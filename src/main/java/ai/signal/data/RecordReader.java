package ai.signal.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Makes training records of lines: all of a source have one format. */
final class RecordReader implements Serializable {
  private static final long serialVersionUID = 1L;

  private final DataFormat given;
  private final DataFormat[] formats;
  private final TreeMap<String, String> fields;
  private final boolean rows;

  /**
   * @param given the format that the data is said to have
   * @param formats of each source: {@code given}, or what AUTO has found there; null or AUTO where
   *     it has found nothing
   * @param fields the names that fields have in this data, where they have others
   */
  RecordReader(DataFormat given, DataFormat[] formats, Map<String, String> fields) {
    this(given, formats, fields, false);
  }

  private RecordReader(
      DataFormat given, DataFormat[] formats, Map<String, String> fields, boolean rows) {
    this.given = given;
    this.formats = formats;
    this.fields = new TreeMap<>(fields);
    this.rows = rows;
  }

  /** Reads records of rows, all of one format. */
  static RecordReader ofRows(DataFormat format, Map<String, String> fields) {
    return new RecordReader(format, new DataFormat[] {format}, fields, true);
  }

  /** Reads the record in a line, and ignores names that are no fields of it. */
  TrainingRecord read(Line line) throws RecordException {
    return read(line, new UnusedKeys());
  }

  /**
   * The record in a line.
   *
   * @param unused gets the names that are no fields of it
   */
  TrainingRecord read(Line line, UnusedKeys unused) throws RecordException {
    ObjectNode object = object(line, unused);
    DataFormat format = format(object);
    TrainingRecord record = TrainingRecord.of(object, format, unused);
    DataFormat first = formats[line.file()];
    if (first != null && first != DataFormat.AUTO && format != first) {
      throw new RecordException(
          "the file mixes formats: before this line, %s".formatted(first.rule()));
    }
    return record;
  }

  /** The format of the record in a line. */
  DataFormat format(Line line) throws RecordException {
    UnusedKeys unused = new UnusedKeys();
    ObjectNode object = object(line, unused);
    DataFormat format = format(object);
    TrainingRecord.of(object, format, unused);
    return format;
  }

  private DataFormat format(ObjectNode object) throws RecordException {
    TokenFields.rename(object, given);
    return given == DataFormat.AUTO ? Detected.in(object) : given;
  }

  private ObjectNode object(Line line, UnusedKeys unused) throws RecordException {
    if (line.fault() != null) {
      throw new RecordException(line.fault());
    }
    return named(JsonLine.parse(line.bytes(), line.length()), unused);
  }

  /**
   * The object with our names for its fields, where the data has others; of rows the columns of the
   * format alone.
   */
  private ObjectNode named(ObjectNode object, UnusedKeys unused) throws RecordException {
    if (fields.isEmpty() && !rows) {
      return object;
    }
    Set<String> searched =
        rows
            ? new LinkedHashSet<>(RowFormat.fields(given))
            : DataFormat.searched(given, fields, object::has);
    ObjectNode named = object.objectNode();
    Set<String> used = new HashSet<>();
    for (String field : searched) {
      FieldSource source = FieldSource.of(fields.getOrDefault(field, field));
      if (source.isIn(object::has)) {
        named.set(field, source.value(object, rows));
        used.addAll(source.columns());
      }
    }
    for (Iterator<String> names = object.fieldNames(); !rows && names.hasNext(); ) {
      String name = names.next();
      if (!used.contains(name)) {
        unused.add(name);
      }
    }
    return named;
  }
}
