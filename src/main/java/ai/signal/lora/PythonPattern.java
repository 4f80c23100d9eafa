package ai.signal.lora;

import ai.signal.model.JsonFile;
import ai.signal.model.ModelFormatException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of Python in an adapter_config.json. Java's differ in rare constructs only;
 * one that Java cannot read is refused. The file is another's, so the work of a match is bounded.
 */
final class PythonPattern {
  private static final int MAX_LENGTH = 10_000;

  /**
   * Characters that one match may look at; a pattern without nested repetitions needs thousands.
   */
  private static final int MAX_WORK = 1_000_000;

  private final JsonFile json;
  private final String key;
  private final String text;
  private final Pattern pattern;

  private PythonPattern(JsonFile json, String key, String text, Pattern pattern) {
    this.json = json;
    this.key = key;
    this.text = text;
    this.pattern = pattern;
  }

  /**
   * A pattern.
   *
   * @param key under which it stands
   * @param before and after: a pattern around it, in Java's syntax
   * @throws ModelFormatException when it is none
   */
  static PythonPattern of(JsonFile json, String key, String before, String text, String after) {
    try {
      if (text.length() > MAX_LENGTH) {
        throw refusal(json, key, text, "is longer than %,d characters".formatted(MAX_LENGTH));
      }
      String java = text.replace("(?P<", "(?<").replace("\\Z", "\\z");
      return new PythonPattern(json, key, text, Pattern.compile(before + java + after));
    } catch (PatternSyntaxException e) {
      throw refusal(json, key, text, "is no regular expression: " + e.getDescription());
    } catch (StackOverflowError e) {
      throw refusal(json, key, text, "is nested too deeply");
    }
  }

  /** Python's {@code re.fullmatch}. */
  boolean matchesAll(String name) {
    return run(name, Matcher::matches, matcher -> true, false);
  }

  /** A group of Python's {@code re.match}, which begins at the first character; null: no match. */
  String group(String name, int group) {
    return run(name, Matcher::lookingAt, matcher -> matcher.group(group), null);
  }

  private <T> T run(String name, Predicate<Matcher> search, Function<Matcher, T> found, T none) {
    try {
      Matcher matcher = pattern.matcher(new Counted(name, new int[1]));
      return search.test(matcher) ? found.apply(matcher) : none;
    } catch (TooMuchWork | StackOverflowError e) {
      throw refusal(json, key, text, "takes too long to match");
    }
  }

  private static ModelFormatException refusal(
      JsonFile json, String key, String text, String problem) {
    String shown = text.length() > 100 ? text.substring(0, 100) + "..." : text;
    return json.refusal(
        "has %s in '%s', which %s".formatted(ModelFormatException.quote(shown), key, problem));
  }

  private static final class TooMuchWork extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooMuchWork() {
      super(null, null, false, false);
    }
  }

  /** Text that counts how often it is looked at. */
  @SuppressWarnings("ArrayRecordComponent") // a counter that pieces share
  private record Counted(String text, int[] work) implements CharSequence {
    @Override
    public char charAt(int index) {
      if (++work[0] > MAX_WORK) {
        throw new TooMuchWork();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Counted(text.substring(start, end), work);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
