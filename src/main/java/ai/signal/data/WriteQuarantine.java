package ai.signal.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.List;
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
 * text files are read again where they are, since only then are their line numbers known. As with
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
      QuarantineRows.write(bad(records), locations, streams, out, hadoop);
    } catch (IOException | RuntimeException e) {
      WriteLanes.delete(fs, file, e);
      throw e;
    }
    return List.of(file.getName()).iterator();
  }

  private static Iterator<QuarantineRows.Bad> bad(Iterator<Tuple2<Long, Tokenized>> records) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return records.hasNext();
      }

      @Override
      public QuarantineRows.Bad next() {
        Tokenized record = records.next()._2();
        return new QuarantineRows.Bad(record.place, record.raw, record.failure);
      }
    };
  }
}
