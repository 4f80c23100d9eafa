package ai.signal.data;

import java.util.Iterator;
import org.apache.spark.sql.Row;

/** Sorted rows of one partition as lines: all with the same identity are in it. */
final class RowLines implements Iterator<Line> {
  private static final int HASH_CHARS = 16;

  private final Iterator<Row> rows;
  private String before;
  private int occurrence;

  /**
   * @param rows of the columns that {@link RowSelection#map} selects
   */
  RowLines(Iterator<Row> rows) {
    this.rows = rows;
  }

  @Override
  public boolean hasNext() {
    return rows.hasNext();
  }

  @Override
  public Line next() {
    Row row = rows.next();
    byte[] bytes = row.getAs(0);
    String hash = row.getString(1);
    String key = row.getString(2);
    String from = row.isNullAt(3) ? "" : row.getString(3);
    String fault = row.getString(4);
    String identity = key == null ? hash : key;
    occurrence = identity.equals(before) ? occurrence + 1 : 0;
    before = identity;
    int file = Math.max(0, row.getInt(5));
    long offset = Math.max(0, row.getLong(6));
    boolean isLine = row.getInt(5) >= 0;
    if (key != null && occurrence > 0 && fault == null) {
      fault = "another record before it has this key too (data.key)";
    }
    Place place =
        isLine && key == null
            ? Place.of(file, offset)
            : Place.of(file, offset, key != null ? key : content(hash), from);
    return new Line(place, bytes, bytes.length, fault);
  }

  private String content(String hash) {
    return hash.substring(0, HASH_CHARS) + "#" + occurrence;
  }
}
