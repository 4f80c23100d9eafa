package ai.signal.chat;

/** What a rendering may take: a template is a program of a stranger. */
final class Limits {
  /** As jinja2's sandbox. */
  static final int MAX_RANGE = 100_000;

  static final int MAX_CHARS = 1 << 26;
  static final int MAX_ITEMS = 1 << 22;
  static final int MAX_CALL_DEPTH = 100;
  static final int MAX_NESTING = 100;
  static final long MAX_STEPS = 20_000_000;

  private Limits() {}

  static void chars(long length) {
    if (length > MAX_CHARS) {
      throw new RenderException("a text of more than " + MAX_CHARS + " characters");
    }
  }

  static void items(long size) {
    if (size > MAX_ITEMS) {
      throw new RenderException("a list of more than " + MAX_ITEMS + " items");
    }
  }
}
