package ai.signal.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * What became of one line. A class with plain fields, not a record: Spark stores it with the
 * serializer that the session is configured for, and Kryo cannot fill records.
 */
final class Tokenized implements Serializable {
  private static final long serialVersionUID = 1L;

  final Place place;

  /** Why the line is no record, or null. */
  final String failure;

  final boolean truncated;

  /** The example's bytes in a lane file; null where nothing is left to learn. */
  final byte[] example;

  /** Of a bad row, which cannot be found again: what it is as JSON; else null. */
  final byte[] raw;

  /** Names in the record that mean nothing, or null where there are none. */
  final String[] unused;

  private Tokenized(
      Line line, String failure, boolean truncated, byte[] example, UnusedKeys unused) {
    this.place = line.place();
    this.failure = failure;
    this.truncated = truncated;
    this.example = example;
    this.unused = unused.array();
    this.raw = failure != null && place.isRow() ? Arrays.copyOf(line.bytes(), line.length()) : null;
  }

  static Tokenized of(Line line, List<ExampleEncoder.Sequence> sequences, UnusedKeys unused) {
    boolean teaches =
        !sequences.isEmpty() && sequences.stream().allMatch(ExampleEncoder.Sequence::teaches);
    byte[] example =
        teaches ? LaneFormat.encode(line.file(), line.offset(), line.place().key, sequences) : null;
    boolean truncated = sequences.stream().anyMatch(ExampleEncoder.Sequence::truncated);
    return new Tokenized(line, null, truncated, example, unused);
  }

  static Tokenized failed(Line line, String reason) {
    return new Tokenized(line, reason, false, null, new UnusedKeys());
  }
}
