package ai.signal.job;

import ai.signal.model.OneLine;
import ai.signal.spec.SpecException;
import ai.signal.train.Reward;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What a completion is worth.
 *
 * @param name how it is found out
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
    /** Whatever the class says. */
    CLASS
  }

  RewardSpec(Name name) {
    this(name, Optional.empty(), Optional.empty());
  }

  private static final int LONGEST_SHOWN = 80;

  /** Whether each prompt has to bring its reference. */
  boolean needsReference() {
    return name == Name.EXACT_MATCH || name == Name.CONTAINS;
  }

  private static Pattern compiled(String text) {
    try {
      return Pattern.compile(text, Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      throw new SpecException.Value(
          "pattern",
          "= '%s' is refused: %s".formatted(OneLine.cut(text, LONGEST_SHOWN), e.getDescription()));
    }
  }

  /**
   * The function.
   *
   * @throws SpecException.Value where the settings do not belong together or the class cannot be
   *     used
   */
  Reward reward() {
    if (pattern.isPresent() != (name == Name.MATCHES)) {
      throw new SpecException.Value(
          "pattern", pattern.orElse("null"), "a regular expression for matches, and nothing else");
    }
    if (className.isPresent() != (name == Name.CLASS)) {
      throw new SpecException.Value(
          "class_name", className.orElse("null"), "a class for class, and nothing else");
    }
    return switch (name) {
      case EXACT_MATCH ->
          (prompt, completion, reference) ->
              completion.stripTrailing().equals(reference.orElseThrow().stripTrailing()) ? 1 : 0;
      case CONTAINS ->
          (prompt, completion, reference) -> completion.contains(reference.orElseThrow()) ? 1 : 0;
      case MATCHES -> {
        Pattern wanted = compiled(pattern.orElseThrow());
        yield (prompt, completion, reference) -> wanted.matcher(completion).find() ? 1 : 0;
      }
      case CLASS -> ofClass(className.orElseThrow());
    };
  }

  private static Reward ofClass(String name) {
    try {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      return Class.forName(name, true, loader)
          .asSubclass(Reward.class)
          .getConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
      throw new SpecException.Value(
          "class_name",
          "= '%s' is refused: it is no Reward that can be made: %s".formatted(name, e));
    }
  }
}
