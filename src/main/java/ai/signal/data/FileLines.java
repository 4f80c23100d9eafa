package ai.signal.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.util.LineReader;

/** The lines of one file from its first, with their identities and numbers, on any host. */
final class FileLines implements Closeable {
  private static final byte[] NEWLINE = "\n".getBytes(StandardCharsets.UTF_8);

  private final int file;
  private final LineReader reader;
  private final Text text = new Text();
  private long offset;
  private long end;
  private long number;

  private FileLines(int file, LineReader reader) {
    this.file = file;
    this.reader = reader;
  }

  /**
   * @param file the number that lines carry
   */
  static FileLines open(int file, String location, Configuration conf) throws IOException {
    Path path = new Path(location);
    return new FileLines(
        file, new LineReader(path.getFileSystem(conf).open(path), 1 << 16, NEWLINE));
  }

  /** The next line, or null behind the last. */
  Line next() throws IOException {
    int bytes = reader.readLine(text);
    if (bytes == 0) {
      return null;
    }
    offset = end;
    end += bytes;
    number++;
    return new Line(file, offset, text.getBytes(), text.getLength());
  }

  /**
   * The line at {@code offset}, at or behind the one that was read last.
   *
   * @throws IOException also when no line begins there, since the file has changed
   */
  Line at(long offset) throws IOException {
    Line line = new Line(file, this.offset, text.getBytes(), text.getLength());
    while (number == 0 || line.offset() < offset) {
      line = next();
      if (line == null || line.offset() > offset) {
        throw new IOException("no line begins at byte %d any more".formatted(offset));
      }
    }
    return line;
  }

  /** The number of the line that was read last; the first is 1. */
  long number() {
    return number;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
