package ai.signal.data;

/**
 * A line with its identity; its bytes are reused for the next one.
 *
 * @param file the file's place in the listing
 * @param offset of the line's first byte in the file
 * @param bytes holds the line from 0 to {@code length}, and perhaps more after it
 * @param length of the line, without its newline
 */
@SuppressWarnings("ArrayRecordComponent") // A view of the reader's buffer, never kept or compared.
record Line(int file, long offset, byte[] bytes, int length) {

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
