package ai.signal.model.tokenizer.regex;

import java.util.BitSet;

/**
 * A set of characters, known from two sides, since the native library has another version of
 * Unicode than this JVM.
 *
 * @param surely members in every version
 * @param maybe members in some version; a superset
 */
public record CodePoints(BitSet surely, BitSet maybe) {
  static final int COUNT = Character.MAX_CODE_POINT + 1;

  static final CodePoints NONE = new CodePoints(new BitSet(), new BitSet());
  static final CodePoints ALL = NONE.not();

  static CodePoints of(int codePoint) {
    return range(codePoint, codePoint);
  }

  static CodePoints range(int from, int to) {
    BitSet set = new BitSet();
    set.set(from, to + 1);
    return new CodePoints(set, set);
  }

  CodePoints or(CodePoints other) {
    return new CodePoints(union(surely, other.surely), union(maybe, other.maybe));
  }

  CodePoints and(CodePoints other) {
    return new CodePoints(intersection(surely, other.surely), intersection(maybe, other.maybe));
  }

  CodePoints not() {
    return new CodePoints(complement(maybe), complement(surely));
  }

  /** With the other cases of its letters; case folding may also relate letters beyond ASCII. */
  CodePoints anyCase() {
    BitSet more = (BitSet) maybe.clone();
    boolean letters = false;
    for (int c = maybe.nextSetBit(0); c >= 0; c = maybe.nextSetBit(c + 1)) {
      more.set(Character.toLowerCase(c));
      more.set(Character.toUpperCase(c));
      letters |= Character.isLetter(c);
    }
    CodePoints folded = new CodePoints(surely, more);
    return letters ? folded.or(new CodePoints(new BitSet(), Properties.foreignLetters())) : folded;
  }

  boolean intersects(CodePoints other) {
    return maybe.intersects(other.maybe);
  }

  /** Whether the character is a member in some version of Unicode. */
  public boolean mayContain(int codePoint) {
    return maybe.get(codePoint);
  }

  /** Whether every member is a member of the other; two sets written alike are the same set. */
  boolean isIn(CodePoints other) {
    BitSet outside = (BitSet) maybe.clone();
    outside.andNot(other.surely);
    return outside.isEmpty() || equals(other);
  }

  private static BitSet union(BitSet a, BitSet b) {
    BitSet result = (BitSet) a.clone();
    result.or(b);
    return result;
  }

  private static BitSet intersection(BitSet a, BitSet b) {
    BitSet result = (BitSet) a.clone();
    result.and(b);
    return result;
  }

  private static BitSet complement(BitSet a) {
    BitSet result = (BitSet) a.clone();
    result.flip(0, COUNT);
    return result;
  }
}
