package ai.signal;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** First line and headers of an HTTP/1.1 message, and how long the body after them is. */
final class HttpHead {
  private static final int BLOCK = 1 << 13;

  private final String first;
  private final Map<String, String> headers = new TreeMap<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private HttpHead(String first) {
    this.first = first;
    append(first);
  }

  /** The next one; null where the other side has closed. */
  static HttpHead read(InputStream in) throws IOException {
    String first = line(in);
    if (first == null) {
      return null;
    }
    HttpHead head = new HttpHead(first);
    for (String line = line(in); !"".equals(line); line = line(in)) {
      if (line == null) {
        throw new EOFException("in the head of a message");
      }
      int colon = line.indexOf(':');
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      head.headers.put(name, line.substring(colon + 1).strip());
      if (!name.equals("expect")) { // the proxy itself answers that
        head.append(line);
      }
    }
    head.append("");
    return head;
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  boolean isHead() {
    return first.startsWith("HEAD ");
  }

  boolean expectsContinue() {
    return headers.containsKey("expect");
  }

  boolean closes() {
    return "close".equalsIgnoreCase(headers.get("connection"));
  }

  boolean hasBody() {
    return isChunked() || length() > 0;
  }

  /** Copies a share of the body; all of it is copied block by block, as it comes. */
  void copyBody(InputStream in, OutputStream out, double share) throws IOException {
    if (!isChunked()) {
      copy(in, out, (long) (length() * share));
    } else {
      long size;
      do {
        String line = line(in);
        if (line == null) {
          throw new EOFException("in a chunked body");
        }
        out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        size = Long.parseLong(line.split(";", 2)[0].strip(), 16);
        copy(in, out, (long) ((size + 2) * share));
      } while (size > 0 && share == 1);
    }
    out.flush();
  }

  private boolean isChunked() {
    return "chunked".equalsIgnoreCase(headers.get("transfer-encoding"));
  }

  private long length() {
    boolean none = first.startsWith("HTTP/1.1 204") || first.startsWith("HTTP/1.1 304");
    return none ? 0 : Long.parseLong(headers.getOrDefault("content-length", "0"));
  }

  private void append(String line) {
    bytes.writeBytes((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void copy(InputStream in, OutputStream out, long count) throws IOException {
    byte[] block = new byte[BLOCK];
    for (long left = count; left > 0; ) {
      int read = in.read(block, 0, (int) Math.min(block.length, left));
      if (read < 0) {
        throw new EOFException("in a body");
      }
      out.write(block, 0, read);
      left -= read;
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        return null;
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }
}
