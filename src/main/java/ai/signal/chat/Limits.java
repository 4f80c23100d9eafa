package ai.signal.chat;

/**
 * What a rendering may take: a template is a program of a stranger. Larger variables raise both
 * limits, so that a long conversation is never refused for its length.
 *
 * @param steps evaluated expressions and visited items; reading {@link #CHARS_A_STEP} characters
 *     counts as one
 * @param bytes memory that values hold at one time
 */
record Limits(long steps, long bytes) {
  static final Limits DEFAULT = new Limits(20_000_000, 32L << 20);

  static final int CHARS_A_STEP = 16;

  /** The limit of jinja2's sandbox. */
  static final int MAX_RANGE = 100_000;

  static final int MAX_CALL_DEPTH = 100;

  /** Nested expressions, and nested blocks: CPython's own limit for blocks. */
  static final int MAX_NESTING = 100;

  /** Expressions under way at one time, over all macros that called each other. */
  static final int MAX_EVALUATIONS = 400;

  /** Lists in lists: about where CPython's own recursion ends. */
  static final int MAX_VALUE_DEPTH = 500;

  /** The longest published templates have less than 100,000 characters. */
  static final int MAX_SOURCE = 1 << 20;

  static final int MAX_TOKENS = 500_000;

  static final int MAX_DIGITS = 1_000;

  private static final int BYTES_FOR_AN_INPUT_BYTE = 12;
  private static final int STEPS_FOR_AN_INPUT_BYTE = 8;

  /** The limits for variables of a size. */
  Limits with(long inputBytes) {
    return new Limits(
        Math.max(steps, STEPS_FOR_AN_INPUT_BYTE * inputBytes),
        bytes + BYTES_FOR_AN_INPUT_BYTE * inputBytes);
  }
}
