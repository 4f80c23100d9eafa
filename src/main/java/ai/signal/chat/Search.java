package ai.signal.chat;

/**
 * Finds a text in a text in linear time: {@link String#indexOf} compares every place with all of a
 * long text of few letters.
 */
final class Search {
  private static final int SHORT = 16;

  private Search() {}

  /** The first place from an offset on, or -1. */
  static int first(Work work, String text, String part, int from) {
    if (part.length() > SHORT) {
      return matched(work, text, part, from, text.length(), false);
    }
    int at = text.indexOf(part, from);
    work.read(1 + (at < 0 ? text.length() - from : at - from));
    return at;
  }

  /** The last place that ends before or at an offset, or -1. */
  static int last(Work work, String text, String part, int end) {
    if (part.length() > SHORT) {
      return matched(work, text, part, 0, end, true);
    }
    int at = text.lastIndexOf(part, end - part.length());
    work.read(1 + (at < 0 ? end : end - at));
    return at;
  }

  /** Knuth, Morris and Pratt's search, over both texts from their ends if backwards. */
  private static int matched(
      Work work, String text, String part, int from, int to, boolean backwards) {
    int length = part.length();
    if (length > to - from) {
      return -1;
    }
    work.allocate(Integer.BYTES * (long) length);
    work.read(8L * length);
    int[] borders = new int[length];
    for (int i = 1, border = 0; i < length; i++) {
      while (border > 0 && at(part, i, backwards) != at(part, border, backwards)) {
        border = borders[border - 1];
      }
      border += at(part, i, backwards) == at(part, border, backwards) ? 1 : 0;
      borders[i] = border;
    }
    int same = 0;
    for (int i = 0; i < to - from; i++) {
      char c = text.charAt(backwards ? to - 1 - i : from + i);
      while (same > 0 && c != at(part, same, backwards)) {
        same = borders[same - 1];
      }
      same += c == at(part, same, backwards) ? 1 : 0;
      if (same == length) {
        work.read(4L * i);
        return backwards ? to - 1 - i : from + i + 1 - length;
      }
    }
    work.read(4L * (to - from));
    return -1;
  }

  private static char at(String part, int index, boolean backwards) {
    return part.charAt(backwards ? part.length() - 1 - index : index);
  }
}
