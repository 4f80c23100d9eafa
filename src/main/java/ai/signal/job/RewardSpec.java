package ai.signal.job;

import ai.signal.model.BoundedMatch;
import ai.signal.model.OneLine;
import ai.signal.spec.SpecException;
import ai.signal.train.Reward;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The reward of completions.
 *
 * @param name how it is computed
 * @param pattern a regular expression, for {@code matches}: it has to match some part
 * @param className a class of the jar or of {@code --jars} with a constructor without parameters
 *     that implements {@link Reward}, for {@code class}
 */
record RewardSpec(Name name, Optional<String> pattern, Optional<String> className) {
  enum Name {
    /** 1 where the completion is the reference, white space at its end aside. */
    EXACT_MATCH,
    /** 1 where the completion contains the reference. */
    CONTAINS,
    /** 1 where the pattern is found in the completion. */
    MATCHES,
    /** The value that a class of the user returns. */
    CLASS
  }

  RewardSpec(Name name) {
    this(name, Optional.empty(), Optional.empty());
  }

  private static final int LONGEST_SHOWN = 80;

  /**
   * Characters that one search may read: about a second. A linear search reads each a few times.
   */
  private static final long MAX_READS = 100_000_000;

  /** Returns whether each prompt needs a reference. */
  boolean needsReference() {
    return name == Name.EXACT_MATCH || name == Name.CONTAINS;
  }

  /**
   * Returns the function. It throws {@link SpecException.Value} for a completion in which its
   * pattern cannot be searched in bounded time.
   *
   * @param key of this reward in the job, for messages
   * @throws SpecException.Value where the settings do not belong together or the class cannot be
   *     used
   */
  Reward reward(String key) {
    if (pattern.isPresent() != (name == Name.MATCHES)) {
      throw new SpecException.Value(
          key + ".pattern",
          pattern.orElse("null"),
          "a regular expression for matches, and nothing else");
    }
    if (className.isPresent() != (name == Name.CLASS)) {
      throw new SpecException.Value(
          key + ".class_name", className.orElse("null"), "a class for class, and nothing else");
    }
    return switch (name) {
      case EXACT_MATCH ->
          (prompt, completion, reference) ->
              completion.stripTrailing().equals(reference.orElseThrow().stripTrailing()) ? 1 : 0;
      case CONTAINS ->
          (prompt, completion, reference) -> completion.contains(reference.orElseThrow()) ? 1 : 0;
      case MATCHES -> matching(key + ".pattern", pattern.orElseThrow());
      case CLASS -> ofClass(key + ".class_name", className.orElseThrow());
    };
  }

  private static Reward matching(String key, String text) {
    String shown = OneLine.cut(text, LONGEST_SHOWN);
    Pattern wanted;
    try {
      wanted = Pattern.compile(text, Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      throw new SpecException.Value(
          key, "= '%s' is refused: %s".formatted(shown, e.getDescription()));
    }
    return (prompt, completion, reference) -> {
      try {
        return BoundedMatch.run(wanted, completion, MAX_READS, Matcher::find) ? 1 : 0;
      } catch (BoundedMatch.Exceeded e) {
        throw new SpecException.Value(
            key,
            "= '%s' is refused: it %s on a completion of %,d characters; write it without nested repetitions such as (a+)+ or (a|b)*"
                .formatted(shown, e.getMessage(), completion.length()));
      }
    };
  }

  private static Reward ofClass(String key, String name) {
    try {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      return Class.forName(name, true, loader)
          .asSubclass(Reward.class)
          .getConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
      throw new SpecException.Value(
          key, "= '%s' is refused: it is no Reward that can be made: %s".formatted(name, e));
    }
  }
}
