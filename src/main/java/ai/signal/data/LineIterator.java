package ai.signal.data;

import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** The results of a function for lines in turn, without those of blank lines and without nulls. */
final class LineIterator<R> implements Iterator<R> {
  private final String name;
  private final Source lines;
  private final Function<Line, R> function;
  private R next;
  private boolean ended;

  /**
   * Reads lines as they are asked for.
   *
   * @param name of their file, for messages
   */
  LineIterator(String name, Source lines, Function<Line, R> function) {
    this.name = name;
    this.lines = lines;
    this.function = function;
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null && !ended) {
        Line line = lines.next();
        ended = line == null;
        boolean blank = !ended && line.fault() == null && line.isBlank();
        next = ended || blank ? null : function.apply(line);
      }
      return next != null;
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  @Override
  public R next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    R result = next;
    next = null;
    return result;
  }

  /** The failure of a task that cannot read a file. */
  static DataException unreadable(String name, IOException e) {
    return new DataException("Cannot read %s: %s".formatted(name, DamagedFile.says(e)), e);
  }

  /** Where lines come from. */
  @FunctionalInterface
  interface Source {
    /** The next line, or null after the last. */
    Line next() throws IOException;
  }
}
