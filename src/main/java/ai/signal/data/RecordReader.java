package ai.signal.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
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
  private boolean rows;

  /**
   * @param given the format that the data is said to have
   * @param formats of each source: {@code given}, or what AUTO has found there; null or AUTO where
   *     it has found nothing
   * @param fields the names that fields have in this data, where they have others
   */
  RecordReader(DataFormat given, DataFormat[] formats, Map<String, String> fields) {
    this.given = given;
    this.formats = formats;
    this.fields = new TreeMap<>(fields);
  }

  /**
   * Reads records of rows: as columns of no field, keys of messages that mean nothing are ignored.
   */
  static RecordReader ofRows(DataFormat format, Map<String, String> fields) {
    RecordReader reader = new RecordReader(format, new DataFormat[] {format}, fields);
    reader.rows = true;
    return reader;
  }

  TrainingRecord read(Line line) throws RecordException {
    if (line.fault() != null) {
      throw new RecordException(line.fault());
    }
    ObjectNode object = JsonLine.parse(line.bytes(), line.length());
    TrainingRecord record = TrainingRecord.of(named(object), given);
    DataFormat first = formats[line.file()];
    if (first != null && first != DataFormat.AUTO && record.format() != first) {
      throw new RecordException(
          "the file mixes formats: before this line, %s".formatted(first.rule()));
    }
    return record instanceof TrainingRecord.Messages messages && (rows || !fields.isEmpty())
        ? new TrainingRecord.Messages(messages.conversation(), true)
        : record;
  }

  /**
   * The fields of a record. Where the data has other names for fields, those that it does not name
   * are no fields; columns of rows that the format does not have are none either.
   */
  private ObjectNode named(ObjectNode object) {
    if (fields.isEmpty() && !rows) {
      return object;
    }
    Set<String> searched =
        rows
            ? new LinkedHashSet<>(RowFormat.fields(given))
            : DataFormat.searched(given, fields, object::has);
    ObjectNode named = object.objectNode();
    for (String field : searched) {
      String name = fields.getOrDefault(field, field);
      if (object.has(name)) {
        named.set(field, object.get(name));
      }
    }
    return named;
  }
}
