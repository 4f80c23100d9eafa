package ai.signal.job;

import ai.signal.data.InputFile;
import ai.signal.data.LaneDataset;
import ai.signal.data.LongExamples;
import java.util.Locale;

/** A data set in one line: nothing is cut or dropped silently. */
final class DataNote {
  private DataNote() {}

  /**
   * The line.
   *
   * @param onLong what became of records of more than {@code maxLength} tokens
   */
  static String of(LaneDataset data, int maxLength, LongExamples onLong) {
    String note =
        String.format(Locale.ROOT, "%,d examples · %,d tokens", data.examples(), data.tokens());
    if (data.truncated() > 0) {
      String pattern =
          onLong == LongExamples.SKIP
              ? " · %,d skipped: more than %,d tokens"
              : " · %,d cut to %,d tokens";
      note += String.format(Locale.ROOT, pattern, data.truncated(), maxLength);
    }
    if (data.dropped() > 0) {
      note += String.format(Locale.ROOT, " · %,d dropped: nothing left to learn", data.dropped());
    }
    if (data.filtered() > 0) {
      note += String.format(Locale.ROOT, " · %,d filtered out", data.filtered());
    }
    if (data.duplicates() > 0) {
      note += String.format(Locale.ROOT, " · %,d duplicates skipped", data.duplicates());
    }
    long bad = data.leftOut().records();
    if (bad > 0) {
      String where = data.quarantine().map(InputFile::shown).map(" in "::concat).orElse(" skipped");
      note +=
          String.format(
              Locale.ROOT, " · %,d bad records%s, first %s", bad, where, data.leftOut().first());
    }
    if (!data.unused().isEmpty()) {
      note += " · not used: " + String.join(", ", data.unused());
    }
    return note;
  }
}
