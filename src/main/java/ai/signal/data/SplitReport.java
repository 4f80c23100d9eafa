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

  /** Of partitions that have lines. */
  static final Comparator<SplitReport> BY_IDENTITY =
      Comparator.<SplitReport>comparingInt(r -> r.file).thenComparingLong(r -> r.firstOffset);

  final int partition;
  int file = -1;
  long firstOffset;
  DataFormat format;
  long examples;
  long truncated;
  long dropped;
  long failureOffset;
  String failure;

  private SplitReport(int partition) {
    this.partition = partition;
  }

  static SplitReport of(int partition, Iterator<Tokenized> records) {
    SplitReport report = new SplitReport(partition);
    records.forEachRemaining(report::add);
    return report;
  }

  boolean isEmpty() {
    return file < 0;
  }

  private void add(Tokenized record) {
    if (isEmpty()) {
      file = record.file;
      firstOffset = record.offset;
      format = record.format;
    }
    if (record.failure != null) {
      failure = record.failure;
      failureOffset = record.offset;
      return;
    }
    examples += record.example == null ? 0 : 1;
    dropped += record.example == null ? 1 : 0;
    truncated += record.truncated ? 1 : 0;
  }

  /**
   * Ends the preparation at the first line, by identity, that is no record or has another format
   * than the file's first.
   *
   * @param reports of partitions that have lines, in the order of identities
   */
  static void check(List<SplitReport> reports, JsonlFiles files) {
    SplitReport first = null;
    for (SplitReport report : reports) {
      if (first == null || first.file != report.file) {
        first = report;
      }
      if (report.format != null && report.format != first.format) {
        throw files.failure(report.file, report.firstOffset, TokenizeLines.mixed(first.format));
      }
      if (report.failure != null) {
        throw files.failure(report.file, report.failureOffset, report.failure);
      }
    }
  }
}
