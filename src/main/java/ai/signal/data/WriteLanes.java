package ai.signal.data;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Writes the examples of a partition, sorted by position, to a lane file, and returns its {@link
 * LaneEntry} as JSON, which every serializer that a session may be configured for can carry. Every
 * attempt writes a file of its own: two copies of a task may run at a time, and no file system
 * forbids that both create the same file. The manifest names those that count.
 */
final class WriteLanes
    implements Function2<Integer, Iterator<Tuple2<Long, byte[]>>, Iterator<String>> {
  private static final long serialVersionUID = 1L;

  private final String directory;
  private final String attempt;
  private final List<String> locations;
  private final Broadcast<SerializableConfiguration> conf;

  /**
   * @param attempt id of the writer, which names of files carry
   * @param locations of the input files, by the numbers that examples carry
   */
  WriteLanes(
      String directory,
      String attempt,
      List<String> locations,
      Broadcast<SerializableConfiguration> conf) {
    this.directory = directory;
    this.attempt = attempt;
    this.locations = locations;
    this.conf = conf;
  }

  @Override
  public Iterator<String> call(Integer lane, Iterator<Tuple2<Long, byte[]>> examples)
      throws IOException {
    String name = "lane-%05d-%s-%s".formatted(lane, attempt, UUID.randomUUID());
    Path file = new Path(directory, name);
    FileSystem fs = file.getFileSystem(conf.value().value());
    LaneEntry entry;
    try (LaneWriter writer = new LaneWriter(fs.create(file, false))) {
      while (examples.hasNext()) {
        writer.add(examples.next()._2());
      }
      entry = writer.finish(locations, name);
    } catch (IOException | RuntimeException e) {
      delete(fs, file, e);
      throw e;
    }
    return List.of(entry.toJson()).iterator();
  }

  /** Removes what a task could not finish. */
  static void delete(FileSystem fs, Path partial, Exception failure) {
    try {
      fs.delete(partial, false);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
