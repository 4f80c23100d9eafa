package ai.signal.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;

/** The lines of a text file that may be records, on the driver and without Spark. */
public final class TextLines implements Closeable {
  private final FileLines lines;

  private TextLines(FileLines lines) {
    this.lines = lines;
  }

  /** Opens a file of any compression and encoding that is read. */
  public static TextLines open(InputFile file, Configuration conf) throws IOException {
    return new TextLines(FileLines.open(0, file.location(), conf));
  }

  /** The next line that is not blank, or null; a line that is too long for a record is cut. */
  public String next() throws IOException {
    Line line = lines.next();
    while (line != null && line.isBlank()) {
      line = lines.next();
    }
    return line == null ? null : new String(line.bytes(), 0, line.length(), StandardCharsets.UTF_8);
  }

  /** The number of the line that was read last; the first is 1. */
  public long number() {
    return lines.number();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
