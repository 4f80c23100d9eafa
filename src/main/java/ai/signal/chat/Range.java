package ai.signal.chat;

import java.util.AbstractList;
import java.util.RandomAccess;

/** Python's range, of a bounded length. */
final class Range extends AbstractList<Object> implements RandomAccess {
  private final long start;
  private final long stop;
  private final long step;
  private final int size;

  Range(long start, long stop, long step) {
    if (step == 0) {
      throw new RenderException("range() arg 3 must not be zero");
    }
    long length = length(start, stop, step);
    if (length > Limits.MAX_RANGE) {
      throw new RenderException(
          "a range of " + length + " numbers; at most " + Limits.MAX_RANGE + " are allowed");
    }
    this.start = start;
    this.stop = stop;
    this.step = step;
    this.size = (int) length;
  }

  /** The largest number where the length is larger. */
  private static long length(long start, long stop, long step) {
    boolean empty = step > 0 ? stop <= start : start <= stop;
    if (empty) {
      return 0;
    }
    long span = step > 0 ? stop - start : start - stop; // below 0 where it needs 64 bits
    return Long.compareUnsigned(Long.divideUnsigned(span - 1, Math.abs(step)), Long.MAX_VALUE) < 0
        ? Long.divideUnsigned(span - 1, Math.abs(step)) + 1
        : Long.MAX_VALUE;
  }

  @Override
  public Object get(int index) {
    return start + index * step;
  }

  @Override
  public int size() {
    return size;
  }

  String repr() {
    return "range(" + start + ", " + stop + (step == 1 ? "" : ", " + step) + ")";
  }
}
