package ai.signal.data;

/**
 * A record as it is written, with its identity; its bytes are reused for the next one.
 *
 * @param place its identity
 * @param bytes holds the record as JSON from 0 to {@code length}, and perhaps more after it
 * @param length of the record, without the newline behind it
 * @param fault what is wrong with it beside what its bytes say, or null
 */
@SuppressWarnings("ArrayRecordComponent") // A view of the reader's buffer, never kept or compared.
record Line(Place place, byte[] bytes, int length, String fault) {

  /** The bytes of the longest record that is read: a text in it has 20 million characters. */
  static final int MOST_BYTES = 64 << 20;

  /** A record of a text file, which is cut where it has more than {@link #MOST_BYTES}. */
  Line(int file, long offset, byte[] bytes, int length) {
    this(
        Place.of(file, offset),
        bytes,
        Math.min(length, MOST_BYTES),
        length <= MOST_BYTES ? null : "it has more than %,d bytes".formatted(MOST_BYTES));
  }

  /** The file's place in the listing. */
  int file() {
    return place.file;
  }

  /** Of the record's first byte in the file. */
  long offset() {
    return place.offset;
  }

  /** Nothing but white space, such as an empty last line. */
  boolean isBlank() {
    for (int i = 0; i < length; i++) {
      if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
        return false;
      }
    }
    return true;
  }
}
