package ai.signal.tiny;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * GPT-2's printable characters for the 256 bytes, which the ByteLevel parts of a tokenizer.json
 * mean.
 */
final class ByteAlphabet {
  static final int SIZE = 256;

  /**
   * Bytes that are printable in Latin-1 stand for themselves; the others, in order, for the
   * characters from U+0100 on.
   */
  private static final char[] CHARACTERS = new char[SIZE];

  static {
    char next = 256;
    for (int value = 0; value < SIZE; value++) {
      CHARACTERS[value] = printable(value) ? (char) value : next++;
    }
  }

  static List<String> characters() {
    return IntStream.range(0, SIZE).mapToObj(value -> String.valueOf(CHARACTERS[value])).toList();
  }

  /** The text's UTF-8 bytes, each as its character. */
  static List<String> of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return IntStream.range(0, bytes.length)
        .mapToObj(i -> String.valueOf(CHARACTERS[bytes[i] & 0xFF]))
        .toList();
  }

  private static boolean printable(int value) {
    return (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xAC) || value >= 0xAE;
  }

  private ByteAlphabet() {}
}
