package ai.signal.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/**
 * The first bytes of a text file, which tell a file that is no list of records from one that is.
 */
final class FileHead {
  private static final int BYTES = 1 << 16;
  private static final int TAR_MARK = 257;
  private static final JsonFactory JSON = new JsonFactory();

  private final InputFile file;
  private final byte[] bytes;
  private final boolean encoded;

  private FileHead(InputFile file, byte[] bytes, boolean encoded) {
    this.file = file;
    this.bytes = bytes;
    this.encoded = encoded;
  }

  /**
   * Reads the head of a file.
   *
   * @throws DataException if it cannot be read, or is no text
   */
  static FileHead read(InputFile file, Configuration conf) {
    try (InputStream in = TextInput.open(file.path(), conf)) {
      FileHead head =
          new FileHead(file, in.readNBytes(BYTES), TextInput.isEncoded(file.path(), conf));
      if (head.bytes.length > 1 && (head.bytes[0] == 0) != (head.bytes[1] == 0)) {
        throw head.refused(
            "it is UTF-16 without a byte order mark",
            "iconv -f UTF-16LE -t UTF-8 %1$s > utf8-%1$s");
      }
      if (head.isTar()) {
        throw head.refused("it is a tar archive", "tar -xf %1$s");
      }
      if (head.isEmptySpace()) {
        throw new DataException(
            "Cannot read %s: it is no text: it begins with %,d bytes of 0, as a download that did not end"
                .formatted(file.name(), head.bytes.length));
      }
      return head;
    } catch (IOException e) {
      throw new DataException("Cannot read %s: %s".formatted(file.name(), e.getMessage()), e);
    }
  }

  /** Whether the file can only be read from its beginning, as a stream. */
  boolean isEncoded() {
    return encoded;
  }

  private boolean isEmptySpace() {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return bytes.length > 0;
  }

  private boolean isTar() {
    return bytes.length > TAR_MARK + 5
        && new String(bytes, TAR_MARK, 5, StandardCharsets.US_ASCII).equals("ustar");
  }

  /**
   * Checks that records can be lines of the file.
   *
   * @param fields the names that fields have in the data, where they have others
   * @throws DataException if it holds one JSON array, JSON objects over several lines, or one
   *     object around all records
   */
  void requireLines(Map<String, String> fields) {
    int bom = ByteOrderMark.length(bytes, bytes.length);
    try (JsonParser parser = JSON.createParser(bytes, bom, bytes.length - bom)) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_ARRAY && parser.nextToken() == JsonToken.START_OBJECT) {
        parser.skipChildren();
        parser.nextToken(); // fails where the first line alone is broken and objects follow
        throw new DataException(
            "Cannot read %s: it holds one JSON array, not a record in each line; set data.source: json"
                .formatted(file.name()));
      }
      if (first == JsonToken.START_OBJECT) {
        requireOneLine(parser, fields);
      }
    } catch (IOException e) {
      return; // The job that reads the whole file reports bad lines.
    }
  }

  private void requireOneLine(JsonParser parser, Map<String, String> fields) throws IOException {
    int line = parser.currentLocation().getLineNr();
    String list = null;
    boolean whole = true;
    int lastLine = line;
    try {
      Set<String> known = DataFormat.allFields();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        lastLine = parser.currentLocation().getLineNr();
        String name = parser.currentName();
        boolean array = parser.nextToken() == JsonToken.START_ARRAY;
        if (array && parser.nextToken() == JsonToken.START_OBJECT) {
          list = known.contains(name) || fields.containsValue(name) ? list : name;
          parser.skipChildren();
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            parser.skipChildren();
          }
        } else if (!array) {
          parser.skipChildren();
        } else {
          while (parser.currentToken() != JsonToken.END_ARRAY) {
            parser.skipChildren();
            parser.nextToken();
          }
        }
      }
      lastLine = parser.currentLocation().getLineNr();
    } catch (JsonEOFException | CharConversionException e) {
      whole = false;
      if (bytes.length < BYTES) {
        return; // cut off: a bad record
      }
      lastLine = Math.max(lastLine, parser.currentLocation().getLineNr());
    }
    boolean alone = whole && bytes.length < BYTES && parser.nextToken() == null;
    if (list != null && (lastLine > line || alone)) {
      throw refused(
          "it holds one JSON object with the records in '%s'".formatted(list),
          "jq -c '.%2$s[]' %1$s > records.jsonl",
          list);
    }
    if (lastLine > line) {
      throw refused(
          "its JSON objects take several lines each, but a record is one line",
          "jq -c . %1$s > records.jsonl");
    }
  }

  private DataException refused(String what, String command, Object... more) {
    Object[] names = new Object[more.length + 1];
    names[0] = file.path().getName();
    System.arraycopy(more, 0, names, 1, more.length);
    return new DataException(
        "Cannot read %s: %s; convert it first: %s"
            .formatted(file.name(), what, command.formatted(names)));
  }
}
