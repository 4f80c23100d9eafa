package ai.signal.data;

import java.io.Serializable;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/**
 * What the driver learns of one partition: counts and the first failure, no text. A class with
 * plain fields for the same reason as {@link Tokenized}.
 */
final class SplitReport implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Of partitions that have records of text files. */
  static final Comparator<SplitReport> BY_IDENTITY =
      Comparator.<SplitReport>comparingInt(r -> r.file).thenComparingLong(r -> r.firstOffset);

  final int partition;
  int file = -1;
  long firstOffset;
  long examples;
  long truncated;
  long dropped;
  long skipped;
  long bad;

  /** Of the first bad record, and why it is. */
  Place badPlace;

  String failure;

  /** Names in records that mean nothing, at most {@link UnusedKeys#MOST}. */
  String[] unused = {};

  /** Of the first record that may not be so long, and the reason; null for none. */
  Place longPlace;

  String longFailure;

  private SplitReport(int partition) {
    this.partition = partition;
  }

  static SplitReport of(int partition, Iterator<Tokenized> records) {
    SplitReport report = new SplitReport(partition);
    UnusedKeys unused = new UnusedKeys();
    records.forEachRemaining(record -> report.add(record, unused));
    report.unused = unused.names().toArray(String[]::new);
    return report;
  }

  boolean isEmpty() {
    return file < 0;
  }

  private void add(Tokenized record, UnusedKeys all) {
    if (record.unused != null) {
      all.addAll(List.of(record.unused));
    }
    if (isEmpty()) {
      file = record.place.file;
      firstOffset = record.place.offset;
    }
    if (record.isTooLong()) {
      longFailure = longFailure == null ? record.failure : longFailure;
      longPlace = longPlace == null ? record.place : longPlace;
      return;
    }
    if (record.isSkipped()) {
      skipped++;
      return;
    }
    if (record.failure != null) {
      if (failure == null) {
        failure = record.failure;
        badPlace = record.place;
      }
      bad++;
      return;
    }
    examples += record.example == null ? 0 : 1;
    dropped += record.example == null ? 1 : 0;
    truncated += record.truncated ? 1 : 0;
  }
}
