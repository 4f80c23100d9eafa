package ai.signal.data;

/** The byte order mark that some editors write before UTF-8; it is no part of the first record. */
final class ByteOrderMark {
  private static final int LENGTH = 3;

  private ByteOrderMark() {}

  /** The length of the mark that a file's first bytes begin with, or 0. */
  static int length(byte[] bytes, int length) {
    boolean there =
        length >= LENGTH
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    return there ? LENGTH : 0;
  }
}
