package ai.signal.chat;

/** Bytes that the parts of values count for: what they take on a heap, rather more. */
final class Size {
  static final int CHAR = 2;
  static final int TEXT = 56;
  static final int COLLECTION = 64;

  /** A reference in an array that was grown, and the number that may be referred to. */
  static final int SLOT = 32;

  static final int ENTRY = 112;
  static final int SCOPE = 112;
  static final int GENERATOR = 256;

  private Size() {}
}
