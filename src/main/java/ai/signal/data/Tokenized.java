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

  /** Whether the record has more tokens than it may have, and is no example for that reason. */
  private final boolean tooLong;

  /** The example's bytes in a lane file; null where nothing is left to learn. */
  final byte[] example;

  /** Of a bad row, which cannot be found again: what it is as JSON; else null. */
  final byte[] raw;

  /** Names in the record that mean nothing, or null where there are none. */
  final String[] unused;

  private Tokenized(
      Line line,
      String failure,
      boolean truncated,
      boolean tooLong,
      byte[] example,
      UnusedKeys unused) {
    this.tooLong = tooLong;
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
    return new Tokenized(line, null, truncated, false, example, unused);
  }

  static Tokenized failed(Line line, String reason) {
    return new Tokenized(line, reason, false, false, null, new UnusedKeys());
  }

  /** A record that is skipped because it is too long. */
  static Tokenized skipped(Line line) {
    return new Tokenized(line, null, false, true, null, new UnusedKeys());
  }

  /** A record that ends the preparation because it is too long. */
  static Tokenized tooLong(Line line, String reason) {
    return new Tokenized(line, reason, false, true, null, new UnusedKeys());
  }

  boolean isSkipped() {
    return tooLong && failure == null;
  }

  boolean isTooLong() {
    return tooLong && failure != null;
  }
}
