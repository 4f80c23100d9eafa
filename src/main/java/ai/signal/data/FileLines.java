package ai.signal.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.util.LineReader;

/** The lines of one file, blank ones too. */
final class FileLines extends RecordStream {
  private static final byte[] NEWLINE = "\n".getBytes(StandardCharsets.UTF_8);

  private final int file;
  private final LineReader reader;
  private final Text text = new Text();
  private long end;
  private long number;

  private FileLines(int file, LineReader reader) {
    this.file = file;
    this.reader = reader;
  }

  /** Opens a file as {@link StreamOpener} says. */
  static FileLines open(int file, String location, Configuration conf) throws IOException {
    Path path = new Path(location);
    return new FileLines(file, new LineReader(TextInput.open(path, conf), 1 << 16, NEWLINE));
  }

  @Override
  protected Line read() throws IOException {
    int bytes = reader.readLine(text, Line.MOST_BYTES + 1, Integer.MAX_VALUE);
    if (bytes == 0) {
      return null;
    }
    long offset = end;
    end += bytes;
    number++;
    int bom = offset == 0 ? ByteOrderMark.length(text.getBytes(), text.getLength()) : 0;
    if (bom > 0) {
      // As Hadoop's input format does: the record still begins at the file's first byte.
      text.set(Arrays.copyOfRange(text.getBytes(), bom, text.getLength()));
    }
    return new Line(file, offset, text.getBytes(), text.getLength());
  }

  @Override
  long number() {
    return number;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
