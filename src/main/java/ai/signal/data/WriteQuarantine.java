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
 * Writes bad records, sorted by position, to one JSON lines file, and returns its name. Lines are
 * read once more where they are, since only so are their numbers known. As with {@link WriteLanes},
 * every attempt writes a file of its own and the manifest names the one that counts.
 */
final class WriteQuarantine implements FlatMapFunction<Iterator<Tuple2<Long, Tokenized>>, String> {
  private static final long serialVersionUID = 1L;

  private final String directory;
  private final List<String> locations;
  private final Broadcast<SerializableConfiguration> conf;

  /**
   * @param locations of the input files, by the numbers that records carry
   */
  WriteQuarantine(
      String directory, List<String> locations, Broadcast<SerializableConfiguration> conf) {
    this.directory = directory;
    this.locations = locations;
    this.conf = conf;
  }

  @Override
  public Iterator<String> call(Iterator<Tuple2<Long, Tokenized>> records) throws IOException {
    Path file = new Path(directory, "bad-records-%s.jsonl".formatted(UUID.randomUUID()));
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
    FileLines lines = null;
    int open = -1;
    try {
      while (records.hasNext()) {
        Tokenized record = records.next()._2();
        if (record.file != open) {
          if (lines != null) {
            lines.close();
          }
          open = record.file;
          lines = FileLines.open(open, locations.get(open), hadoop);
        }
        Line line = lines.at(record.offset);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("file", locations.get(open));
        row.put("line", lines.number());
        row.put("reason", record.failure);
        keep(line, row);
        out.write(json.writeValueAsBytes(row));
        out.write('\n');
      }
    } finally {
      if (lines != null) {
        lines.close();
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
