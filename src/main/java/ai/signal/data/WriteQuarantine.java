package ai.signal.data;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Writes bad records, sorted by position, to one JSON lines file, and returns its name. Records of
 * text files are read once more where they are, since only so are their line numbers known. As with
 * {@link WriteLanes}, every attempt writes a file of its own and the manifest names the one that
 * counts.
 */
final class WriteQuarantine implements FlatMapFunction<Iterator<Tuple2<Long, Tokenized>>, String> {
  private static final long serialVersionUID = 1L;

  private final String directory;
  private final String attempt;
  private final List<String> locations;
  private final StreamOpener streams;
  private final Broadcast<SerializableConfiguration> conf;

  /**
   * @param attempt id of the writer, which names of files carry
   * @param records where they were read
   */
  WriteQuarantine(
      String directory,
      String attempt,
      Records records,
      Broadcast<SerializableConfiguration> conf) {
    this.directory = directory;
    this.attempt = attempt;
    this.locations = records.locations();
    this.streams = records.streams();
    this.conf = conf;
  }

  @Override
  public Iterator<String> call(Iterator<Tuple2<Long, Tokenized>> records) throws IOException {
    Path file =
        new Path(directory, "bad-records-%s-%s.jsonl".formatted(attempt, UUID.randomUUID()));
    Configuration hadoop = conf.value().value();
    FileSystem fs = file.getFileSystem(hadoop);
    try (OutputStream out = new BufferedOutputStream(fs.create(file, false), 1 << 16)) {
      write(records, out, hadoop);
    } catch (IOException | RuntimeException e) {
      WriteLanes.delete(fs, file, e);
      throw e;
    }
    return List.of(file.getName()).iterator();
  }

  private void write(
      Iterator<Tuple2<Long, Tokenized>> records, OutputStream out, Configuration hadoop)
      throws IOException {
    JsonMapper json = new JsonMapper();
    RecordStream stream = null;
    int open = -1;
    try {
      while (records.hasNext()) {
        Tokenized record = records.next()._2();
        Place place = record.place;
        String location = locations.get(place.file);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("file", place.from.isEmpty() ? location : place.from);
        Line line;
        if (place.isRow()) {
          row.put("row", place.key);
          line = new Line(place, record.raw, record.raw.length, null);
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
        row.put("reason", record.failure);
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
