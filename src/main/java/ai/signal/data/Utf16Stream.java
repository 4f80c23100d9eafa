package ai.signal.data;

import java.io.IOException;
import java.io.InputStream;

/**
 * UTF-16 as UTF-8. Half of a surrogate pair becomes the three bytes that UTF-8 does not allow, and
 * half of a unit at the end the byte 0xFF: the record that has it is bad, and no other.
 */
final class Utf16Stream extends InputStream {
  private static final int LONGEST = 4; // bytes of a character in UTF-8

  private final InputStream in;
  private final boolean littleEndian;
  private final byte[] pending = new byte[LONGEST];
  private int from;
  private int to;
  private int next = -1; // a unit that was read ahead

  /**
   * @param in that stands after the byte order mark
   */
  Utf16Stream(InputStream in, boolean littleEndian) {
    this.in = in;
    this.littleEndian = littleEndian;
  }

  @Override
  public int read() throws IOException {
    if (from == to && !fill()) {
      return -1;
    }
    return pending[from++] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = 0;
    while (count < length && (from < to || fill())) {
      bytes[offset + count++] = pending[from++];
    }
    return count == 0 && length > 0 ? -1 : count;
  }

  /** The next character. */
  private boolean fill() throws IOException {
    from = 0;
    to = 0;
    int unit = next >= 0 ? next : unit();
    next = -1;
    if (unit < 0) {
      return to > 0;
    }
    int character = unit;
    if (Character.isHighSurrogate((char) unit)) {
      int low = unit();
      if (low >= 0 && Character.isLowSurrogate((char) low)) {
        character = Character.toCodePoint((char) unit, (char) low);
      } else {
        next = low;
      }
    }
    boolean odd = to > 0; // the byte 0xFF at the end, after half of a pair
    to = 0;
    encode(character);
    if (odd && to < LONGEST) {
      add(0xFF);
    }
    return true;
  }

  private void encode(int c) {
    if (c < 0x80) {
      add(c);
    } else if (c < 0x800) {
      add(0xC0 | (c >> 6));
      add(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      add(0xE0 | (c >> 12));
      add(0x80 | ((c >> 6) & 0x3F));
      add(0x80 | (c & 0x3F));
    } else {
      add(0xF0 | (c >> 18));
      add(0x80 | ((c >> 12) & 0x3F));
      add(0x80 | ((c >> 6) & 0x3F));
      add(0x80 | (c & 0x3F));
    }
  }

  private void add(int value) {
    pending[to++] = (byte) value;
  }

  /** The next unit; -1 at the end, with 0xFF pending where half of one is left. */
  private int unit() throws IOException {
    int first = in.read();
    if (first < 0) {
      return -1;
    }
    int second = in.read();
    if (second < 0) {
      add(0xFF);
      return -1;
    }
    return littleEndian ? (second << 8) | first : (first << 8) | second;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
