package ai.signal.storage;

import java.io.IOException;
import java.io.OutputStream;

/** Content of a file that is written. */
@FunctionalInterface
public interface Content {
  /**
   * Writes the content; a failed write is tried again, so each call writes the same bytes.
   *
   * @param out buffered; not to be closed
   */
  void writeTo(OutputStream out) throws IOException;

  /** Content that is in memory. */
  static Content of(byte[] bytes) {
    return out -> out.write(bytes);
  }
}
