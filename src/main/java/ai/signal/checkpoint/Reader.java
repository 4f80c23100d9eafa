package ai.signal.checkpoint;

import java.io.IOException;
import java.io.InputStream;

/**
 * Takes the content of a file.
 *
 * @param <T> what it makes of it
 */
@FunctionalInterface
public interface Reader<T> {
  /**
   * Reads; the result is used only if the content proves right.
   *
   * @param in buffered by the caller's reads, best in blocks; need not be read to its end
   */
  T read(InputStream in) throws IOException;
}
