package ai.signal.data;

import java.io.Closeable;
import java.io.IOException;

/** The records of one text file from its first, with their identities, on any host. */
abstract class RecordStream implements Closeable {
  private Line current;

  /** The next record, or null behind the last. */
  final Line next() throws IOException {
    current = read();
    return current;
  }

  /**
   * The record at {@code offset}, at or behind the one that was read last.
   *
   * @throws IOException also when no record begins there, since the file has changed
   */
  final Line at(long offset) throws IOException {
    while (current == null || current.offset() < offset) {
      if (next() == null || current.offset() > offset) {
        throw new IOException("no record begins at byte %d any more".formatted(offset));
      }
    }
    return current;
  }

  /** The number of the line where the record that was read last begins; the first is 1. */
  abstract long number();

  /** Reads one more. */
  protected abstract Line read() throws IOException;
}
