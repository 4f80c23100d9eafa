package ai.signal.data;

import ai.signal.storage.StoreProblem;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The elements of a JSON array, cut out by their brackets and commas: what is inside one is for
 * whoever parses it. Text where no element may be, such as behind the array, is one more, which is
 * no record.
 */
final class JsonArray extends RecordStream {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MARK_BYTES = 3;

  private final int file;
  private final InputStream in;
  private long position;
  private long line = 1;
  private long number;
  private boolean opened;
  private boolean closed;

  private JsonArray(int file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /** Opens a file as {@link StreamOpener} says. */
  static JsonArray open(int file, String location, Configuration conf) throws IOException {
    Path path = new Path(location);
    return new JsonArray(file, new BufferedInputStream(TextInput.open(path, conf), BUFFER_BYTES));
  }

  /** Whether the first character of a file, white space aside, begins an array. */
  static boolean isIn(InputFile file, Configuration conf) {
    try (JsonArray array = open(0, file.location(), conf)) {
      return array.skipSpace() == '[';
    } catch (IOException e) {
      throw new DataException(
          "Cannot read %s: %s".formatted(file.name(), StoreProblem.reason(e)), e);
    }
  }

  @Override
  protected Line read() throws IOException {
    int c = skipSpace();
    if (!opened && c == '[') {
      opened = true;
      c = skipSpace();
    } else if (opened && !closed && c == ',') {
      c = skipSpace();
    }
    if (!closed && c == ']') {
      closed = true;
      c = skipSpace();
    }
    if (c < 0) {
      if (closed || number == 0) {
        return null;
      }
      closed = true;
      number = line;
      return new Line(Place.of(file, position), new byte[0], 0, "the array has no end");
    }
    number = line;
    long offset = position - 1;
    byte[] element = element(c);
    return new Line(file, offset, element, element.length);
  }

  /** From its first character to before the comma or bracket behind it. */
  private byte[] element(int first) throws IOException {
    ByteArrayOutputStream element = new ByteArrayOutputStream();
    int depth = 0;
    boolean text = false;
    boolean escaped = false;
    int c = first;
    while (c >= 0) {
      if (element.size() <= Line.MOST_BYTES) {
        element.write(c);
      }
      if (text) {
        text = escaped || c != '"';
        escaped = !escaped && c == '\\';
      } else if (c == '"') {
        text = true;
      } else if (c == '{' || c == '[') {
        depth++;
      } else if (c == '}' || c == ']') {
        depth--;
      }
      if (!text && depth <= 0 && !closed) {
        in.mark(1);
        int next = in.read();
        in.reset();
        if (next == ',' || next == ']') {
          break;
        }
      }
      c = character();
    }
    return element.toByteArray();
  }

  private int skipSpace() throws IOException {
    if (position == 0) {
      in.mark(MARK_BYTES);
      byte[] head = in.readNBytes(MARK_BYTES);
      in.reset();
      position = ByteOrderMark.length(head, head.length);
      in.skipNBytes(position);
    }
    int c = character();
    while (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      c = character();
    }
    return c;
  }

  private int character() throws IOException {
    int c = in.read();
    position += c < 0 ? 0 : 1;
    line += c == '\n' ? 1 : 0;
    return c;
  }

  @Override
  long number() {
    return number;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
