package ai.signal.checkpoint;

import java.io.IOException;
import java.io.OutputStream;

/** What a file of a checkpoint holds. */
@FunctionalInterface
public interface Content {
  /**
   * Writes it, the same bytes each time: a failed save is tried again, on a thread of the writer.
   *
   * @param out buffered; not to be closed
   */
  void writeTo(OutputStream out) throws IOException;
}
