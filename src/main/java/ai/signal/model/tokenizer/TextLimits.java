package ai.signal.model.tokenizer;

import ai.signal.model.tokenizer.regex.CodePoints;
import ai.signal.model.tokenizer.regex.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a text must not contain for the tokenizer to stay fast. Even patterns of real models take
 * time quadratic in the length of a run of white space ({@code \s+$} of DeepSeek), and Oniguruma
 * aborts the JVM after 10,000,000 retries of one attempt.
 */
public final class TextLimits {
  /** Texts of at most that many characters are within every limit. */
  private static final int FREE = 4000;

  private static final double MAX_STEPS = 5e8;
  private static final double MAX_RETRIES = 8e6;

  /** A limit on runs of some characters. */
  private record Limit(
      String pattern, Optional<CodePoints> characters, boolean quadratic, double factor) {}

  private final List<Limit> limits = new ArrayList<>();
  private final double growth;

  private TextLimits(double growth) {
    this.growth = growth;
  }

  static TextLimits of(Normalizers normalizers, PreTokenizers preTokenizers) {
    TextLimits limits = new TextLimits(normalizers.growth());
    normalizers.replaced().forEach(pattern -> limits.add(pattern, false));
    boolean asWritten = preTokenizers.onText() && normalizers.replaced().isEmpty();
    preTokenizers.splits().forEach(pattern -> limits.add(pattern, asWritten));
    return limits;
  }

  private void add(Pattern pattern, boolean asWritten) {
    pattern.rescanned().forEach(set -> add(pattern, set, true, asWritten));
    pattern.retried().forEach(set -> add(pattern, set, false, asWritten));
  }

  private void add(Pattern pattern, CodePoints set, boolean quadratic, boolean asWritten) {
    Optional<CodePoints> characters = asWritten ? Optional.of(set) : Optional.empty();
    double factor = quadratic ? pattern.factor() : pattern.retries();
    limits.add(new Limit(pattern.source(), characters, quadratic, factor));
  }

  /**
   * Finds out whether a text is within the limits.
   *
   * @return what is wrong with it, empty where nothing is
   */
  public Optional<String> problem(String text) {
    if (text.length() <= FREE) {
      return Optional.empty();
    }
    return limits.stream().filter(limit -> exceeds(limit, text)).findFirst().map(TextLimits::shown);
  }

  private boolean exceeds(Limit limit, String text) {
    double longest = 0;
    double steps = 0;
    int run = 0;
    for (int i = 0; i < text.length(); i++) {
      run = limit.characters().isEmpty() || isIn(limit, text, i) ? run + 1 : 0;
      longest = Math.max(longest, run);
      steps += run; // a scan from each place of a run
    }
    double scale = limit.characters().isPresent() ? 1 : growth;
    return limit.quadratic()
        ? steps * scale * scale * limit.factor() > MAX_STEPS
        : longest * scale * limit.factor() > MAX_RETRIES;
  }

  private static boolean isIn(Limit limit, String text, int index) {
    return limit.characters().get().mayContain(text.codePointAt(index));
  }

  private static String shown(Limit limit) {
    return "pattern '%s' would take minutes on a text with so long a run of the same kind of characters; split the text"
        .formatted(limit.pattern());
  }
}
