package ai.signal.model.tokenizer.regex;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A pattern that is known to be bounded: it never matches the empty text, and one attempt to match
 * takes time linear in the text.
 */
public final class Pattern {
  private static final double MAX_FACTOR = 1000;
  private static final double MAX_RESCAN_FACTOR = 100;
  private static final double MAX_SIZE = 10_000;

  private final String source;
  private final CodePoints taken;
  private final int bytes;
  private final double factor;
  private final double retries;
  private final List<CodePoints> retried;
  private final List<CodePoints> rescanned;

  private Pattern(String source, Node root, int bytes, double factor) {
    this.source = source;
    this.taken = root.taken();
    this.bytes = bytes;
    this.factor = factor;
    this.retried = Rescans.retried(root);
    this.rescanned = Rescans.of(root);
    this.retries =
        Rescans.branches(root).stream()
            .filter(branch -> !Rescans.retried(branch).isEmpty())
            .mapToDouble(branch -> Backtracking.work(branch, false).factor())
            .sum();
  }

  /** A text to be found as it is. */
  public static Pattern literal(String text) {
    Node root =
        new Node.Sequence(
            text.codePoints().mapToObj(c -> (Node) new Node.Chars(CodePoints.of(c))).toList());
    return new Pattern(text, root, text.getBytes(StandardCharsets.UTF_8).length, 1);
  }

  /**
   * Reads a regular expression.
   *
   * @throws PatternException where it is not known to be bounded
   */
  public static Pattern parse(String source) throws PatternException {
    Node root = new PatternParser(source).parse();
    if (root.size() > MAX_SIZE) {
      throw new PatternException("is too large when its repetitions are written out");
    }
    if (root.isNullable()) {
      throw new PatternException("matches the empty text");
    }
    Cost work = Backtracking.work(root, false);
    if (work.degree() >= Cost.EXPONENTIAL) {
      throw new PatternException("may try exponentially many ways to match a text");
    }
    if (work.degree() > 1 || work.factor() > MAX_FACTOR) {
      throw new PatternException(
          "may try too many ways to match a text: %.0f * length ^ %d"
              .formatted(work.factor(), work.degree()));
    }
    Pattern pattern = new Pattern(source, root, root.least(), work.factor());
    if (!pattern.rescanned.isEmpty() && pattern.factor > MAX_RESCAN_FACTOR) {
      throw new PatternException(
          "may scan a text from each place with %.0f steps a character".formatted(work.factor()));
    }
    return pattern;
  }

  public String source() {
    return source;
  }

  /** The least number of UTF-8 bytes of a match. */
  public int bytes() {
    return bytes;
  }

  /** The most steps of one attempt to match, for each character of a run. */
  public double factor() {
    return factor;
  }

  /** The most steps of an attempt to match that give characters back, for each one of a run. */
  public double retries() {
    return retries;
  }

  /** Characters whose runs an attempt may give back one by one. */
  public List<CodePoints> retried() {
    return retried;
  }

  /** Characters whose runs cost time quadratic in their length. */
  public List<CodePoints> rescanned() {
    return rescanned;
  }

  /** Whether a match may contain this character. */
  public boolean mayMatch(int codePoint) {
    return taken.mayContain(codePoint);
  }
}
