package ai.signal.lora;

import ai.signal.model.BoundedMatch;
import ai.signal.model.JsonFile;
import ai.signal.model.ModelFormatException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of Python in an adapter_config.json. Java's differ in rare constructs only;
 * one that Java cannot read is refused. The file is another's, so the work of a match is bounded.
 */
final class PythonPattern {
  private static final int MAX_LENGTH = 10_000;

  /** Characters that one match may read; a pattern without nested repetitions needs thousands. */
  private static final long MAX_READS = 1_000_000;

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
    }
  }

  /** Python's {@code re.fullmatch}. */
  boolean matchesAll(String name) {
    return run(name, Matcher::matches);
  }

  /** A group of Python's {@code re.match}, which begins at the first character; null: no match. */
  String group(String name, int group) {
    return run(name, matcher -> matcher.lookingAt() ? matcher.group(group) : null);
  }

  private <T> T run(String name, Function<Matcher, T> match) {
    try {
      return BoundedMatch.run(pattern, name, MAX_READS, match);
    } catch (BoundedMatch.Exceeded e) {
      throw refusal(json, key, text, "takes too long to match: it " + e.getMessage());
    }
  }

  private static ModelFormatException refusal(
      JsonFile json, String key, String text, String problem) {
    String shown = text.length() > 100 ? text.substring(0, 100) + "..." : text;
    return json.refusal(
        "has %s in '%s', which %s".formatted(ModelFormatException.quote(shown), key, problem));
  }
}
