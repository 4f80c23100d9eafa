package ai.signal.model.tokenizer.regex;

import java.util.List;

/** A parsed regular expression. */
sealed interface Node {
  /** One character of a set. */
  record Chars(CodePoints set) implements Node {}

  /** Items one after the other. */
  record Sequence(List<Node> items) implements Node {}

  /** The first branch that leads to a match. */
  record Choice(List<Node> branches) implements Node {}

  /**
   * Repetition.
   *
   * @param most {@link #UNBOUNDED} where there is no limit
   * @param possessive what was taken is never given back
   */
  record Repeat(Node body, int least, int most, boolean possessive) implements Node {
    static final int UNBOUNDED = Integer.MAX_VALUE;

    boolean isUnbounded() {
      return most == UNBOUNDED;
    }
  }

  /** {@code (?>...)}: the first match of the body is final. */
  record Atomic(Node body) implements Node {}

  /** Lookahead or lookbehind. */
  record Look(Node body, boolean behind) implements Node {}

  /** A condition on the place: {@code ^ $ \b}. */
  record Anchor() implements Node {}

  /** Whether it can match without taking a character. */
  default boolean isNullable() {
    if (this instanceof Chars) {
      return false;
    } else if (this instanceof Sequence sequence) {
      return sequence.items().stream().allMatch(Node::isNullable);
    } else if (this instanceof Choice choice) {
      return choice.branches().stream().anyMatch(Node::isNullable);
    } else if (this instanceof Repeat repeat) {
      return repeat.least() == 0 || repeat.body().isNullable();
    } else if (this instanceof Atomic atomic) {
      return atomic.body().isNullable();
    }
    return true;
  }

  /** Whether there may be a place where it does not match. */
  default boolean canFail() {
    if (this instanceof Sequence sequence) {
      return sequence.items().stream().anyMatch(Node::canFail);
    } else if (this instanceof Choice choice) {
      return choice.branches().stream().allMatch(Node::canFail);
    } else if (this instanceof Repeat repeat) {
      return repeat.least() > 0 && repeat.body().canFail();
    } else if (this instanceof Atomic atomic) {
      return atomic.body().canFail();
    }
    return true;
  }

  /** The characters that a match may begin with. */
  default CodePoints first() {
    if (this instanceof Chars chars) {
      return chars.set();
    } else if (this instanceof Sequence sequence) {
      CodePoints first = CodePoints.NONE;
      for (Node item : sequence.items()) {
        first = first.or(item.first());
        if (!item.isNullable()) {
          break;
        }
      }
      return first;
    } else if (this instanceof Choice choice) {
      return choice.branches().stream().map(Node::first).reduce(CodePoints.NONE, CodePoints::or);
    } else if (this instanceof Repeat repeat) {
      return repeat.body().first();
    } else if (this instanceof Atomic atomic) {
      return atomic.body().first();
    }
    return CodePoints.NONE;
  }

  /** The characters that a match may contain. */
  default CodePoints taken() {
    if (this instanceof Sequence sequence) {
      return sequence.items().stream().map(Node::taken).reduce(CodePoints.NONE, CodePoints::or);
    } else if (this instanceof Choice choice) {
      return choice.branches().stream().map(Node::taken).reduce(CodePoints.NONE, CodePoints::or);
    } else if (this instanceof Repeat repeat) {
      return repeat.body().taken();
    } else if (this instanceof Atomic atomic) {
      return atomic.body().taken();
    }
    return first();
  }

  /** The least number of characters of a match. */
  default int least() {
    if (this instanceof Chars) {
      return 1;
    } else if (this instanceof Sequence sequence) {
      return sequence.items().stream().mapToInt(Node::least).sum();
    } else if (this instanceof Choice choice) {
      return choice.branches().stream().mapToInt(Node::least).min().orElse(0);
    } else if (this instanceof Repeat repeat) {
      return repeat.least() * repeat.body().least();
    } else if (this instanceof Atomic atomic) {
      return atomic.body().least();
    }
    return 0;
  }

  /** The number of nodes after repetitions are written out, as the native compiler does. */
  default double size() {
    if (this instanceof Sequence sequence) {
      return 1 + sequence.items().stream().mapToDouble(Node::size).sum();
    } else if (this instanceof Choice choice) {
      return 1 + choice.branches().stream().mapToDouble(Node::size).sum();
    } else if (this instanceof Repeat repeat) {
      int times = repeat.isUnbounded() ? Math.max(1, repeat.least()) : Math.max(1, repeat.most());
      return 1 + repeat.body().size() * times;
    } else if (this instanceof Atomic atomic) {
      return 1 + atomic.body().size();
    } else if (this instanceof Look look) {
      return 1 + look.body().size();
    }
    return 1;
  }
}
