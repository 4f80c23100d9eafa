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
    String own = key != null ? key : isLine ? "" : hash.substring(0, HASH_CHARS) + "#" + occurrence;
    return new Line(Place.of(file, offset, own, from), bytes, bytes.length, fault);
  }
}
