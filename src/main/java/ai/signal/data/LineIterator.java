package ai.signal.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import scala.Tuple2;

/** What a function makes of the lines of a split; blank lines and null results are left out. */
final class LineIterator<R> implements Iterator<R> {
  private final int file;
  private final Iterator<Tuple2<LongWritable, Text>> lines;
  private final Function<Line, R> function;
  private R next;

  LineIterator(int file, Iterator<Tuple2<LongWritable, Text>> lines, Function<Line, R> function) {
    this.file = file;
    this.lines = lines;
    this.function = function;
  }

  @Override
  public boolean hasNext() {
    while (next == null && lines.hasNext()) {
      Tuple2<LongWritable, Text> record = lines.next();
      Line line =
          new Line(file, record._1().get(), record._2().getBytes(), record._2().getLength());
      next = line.isBlank() ? null : function.apply(line);
    }
    return next != null;
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
}
