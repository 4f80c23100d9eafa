package ai.signal.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** The lines of a text file that may be records, on the driver and without Spark. */
public final class TextLines implements Closeable {
  private static final int SHOWN_BYTES = 1024;

  private final FileLines lines;
  private Line line; // that was read last

  private TextLines(FileLines lines) {
    this.lines = lines;
  }

  /** Opens a file of any compression and encoding that is read. */
  public static TextLines open(InputFile file, Configuration conf) throws IOException {
    return new TextLines(FileLines.open(0, file.location(), conf));
  }

  /**
   * The next line that is not blank, or null; of one that is too long for a record the beginning.
   */
  public String next() throws IOException {
    line = lines.next();
    while (line != null && line.isBlank()) {
      line = lines.next();
    }
    if (line == null) {
      return null;
    }
    int length = line.fault() == null ? line.length() : Math.min(SHOWN_BYTES, line.length());
    return new String(line.bytes(), 0, length, StandardCharsets.UTF_8);
  }

  /** The reason why the line that was read last is no record, where it is too long. */
  public Optional<String> fault() {
    return Optional.ofNullable(line.fault());
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
