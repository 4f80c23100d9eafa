package ai.signal.data;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * Writes bad records as JSON lines, each with its place and the reason. Records of text files are
 * read again where they are, since only then are their line numbers known.
 */
final class QuarantineRows {
  private QuarantineRows() {}

  /**
   * A bad record.
   *
   * @param raw of a row, which cannot be read again: the row as JSON; else null
   */
  @SuppressWarnings("ArrayRecordComponent") // written at once, never compared
  record Bad(Place place, byte[] raw, String reason) {}

  /**
   * Writes records.
   *
   * @param bad in the order of their places
   * @param locations of the sources
   * @param streams of text files; null for rows
   */
  static void write(
      Iterator<Bad> bad,
      List<String> locations,
      StreamOpener streams,
      OutputStream out,
      Configuration hadoop)
      throws IOException {
    JsonMapper json = new JsonMapper();
    RecordStream stream = null;
    int open = -1;
    try {
      while (bad.hasNext()) {
        Bad record = bad.next();
        Place place = record.place();
        String location = locations.get(place.file);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("file", place.from.isEmpty() ? location : place.from);
        Line line;
        if (place.isRow()) {
          row.put("row", place.key);
          line = new Line(place, record.raw(), record.raw().length, null);
        } else {
          if (place.file != open) {
            if (stream != null) {
              stream.close();
            }
            open = place.file;
            stream = streams.open(open, location, hadoop);
          }
          line = stream.at(place.offset);
          row.put("line", stream.number());
        }
        row.put("reason", record.reason());
        keep(line, row);
        out.write(json.writeValueAsBytes(row));
        out.write('\n');
      }
    } finally {
      if (stream != null) {
        stream.close();
      }
    }
  }

  /** The line as it is: what is no UTF-8 cannot stand in JSON. */
  private static void keep(Line line, Map<String, Object> row) {
    try {
      row.put("record", JsonLine.decode(line.bytes(), line.length()).toString());
    } catch (RecordException e) {
      byte[] bytes = Arrays.copyOf(line.bytes(), line.length());
      row.put("record_base64", Base64.getEncoder().encodeToString(bytes));
    }
  }
}
