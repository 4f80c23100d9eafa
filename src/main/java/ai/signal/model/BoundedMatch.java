package ai.signal.model;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Matches a user's regular expression with bounded work. Java's matcher backtracks: nested
 * repetitions such as {@code (a+)+} take exponential time, and alternatives such as {@code (a|b)*}
 * recurse once per character.
 */
public final class BoundedMatch {
  /** A match that needs more reads of its text, or more stack, than it may use. */
  public static final class Exceeded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Exceeded(String message) {
      super(message, null, false, false);
    }
  }

  private BoundedMatch() {}

  /**
   * Runs a match.
   *
   * @param maxReads how many characters of the text may be read, repeats included
   * @param match the operation, such as {@link Matcher#find()}
   * @throws Exceeded where it needs more; the message is a clause about the pattern
   */
  public static <T> T run(Pattern pattern, String text, long maxReads, Function<Matcher, T> match) {
    try {
      return match.apply(pattern.matcher(new Counted(text, new Budget(maxReads))));
    } catch (StackOverflowError e) {
      throw new Exceeded("recurses too deeply");
    }
  }

  private static final class Budget {
    private long reads;

    Budget(long reads) {
      this.reads = reads;
    }

    void take() {
      if (--reads < 0) {
        throw new Exceeded("backtracks too often");
      }
    }
  }

  /** A text that counts how often it is read; its pieces share the count. */
  private record Counted(String text, Budget budget) implements CharSequence {
    @Override
    public char charAt(int index) {
      budget.take();
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Counted(text.substring(start, end), budget);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
