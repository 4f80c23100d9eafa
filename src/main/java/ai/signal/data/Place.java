package ai.signal.data;

import java.io.Serializable;

/**
 * The identity of a record. A class with plain fields, not a record: Spark stores it with the
 * serializer that the session is configured for, and Kryo cannot fill records.
 */
final class Place implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The source's number, its place in {@link Records#locations}. */
  final int file;

  /** Of a record that stands in a text file: its first byte. */
  final long offset;

  /**
   * Of a row: the user's key, or the content's hash and the number of such rows before it; or "".
   */
  final String key;

  /** Whether it is known by {@link #key}, not by where it stands. */
  private final boolean row;

  /** The file that a row comes from, where that is known, for messages; or "". */
  final String from;

  private Place(int file, long offset, boolean row, String key, String from) {
    this.file = file;
    this.offset = offset;
    this.row = row;
    this.key = key;
    this.from = from;
  }

  static Place of(int file, long offset) {
    return new Place(file, offset, false, "", "");
  }

  /**
   * Of a row.
   *
   * @param file of a row that is a record of a text file, else 0
   * @param offset likewise
   */
  static Place of(int file, long offset, String key, String from) {
    return new Place(file, offset, true, key, from);
  }

  /** Whether its key identifies it, as it may a record of a text file too; else it is a line. */
  boolean isRow() {
    return row;
  }
}
