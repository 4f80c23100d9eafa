package ai.signal.storage;

import java.io.IOException;
import java.io.InputStream;

/**
 * Limits of the files that are read into memory as a whole, by kind. A file may lie about its
 * length, or grow while it is read, so the limit holds for the bytes that are read.
 */
public enum ReadLimit {
  /** config.json and other settings: a JSON tree takes up to thirty times its text. */
  SETTINGS(4 << 20),
  /** tokenizer.json and the index of a sharded model; the largest have some tens of megabytes. */
  TOKENIZER(64 << 20),
  /** A chat template: 2^20 characters of up to four bytes. */
  TEMPLATE(4 << 20),
  /** A job spec. */
  SPEC(1 << 18),
  /** A text that a job wrote to its output: its resolved spec, its summary, a stage's record. */
  OUTPUT(64 << 20),
  /** metrics.jsonl in a checkpoint, about 300 bytes for each step. */
  METRICS(512 << 20),
  /** lanes.json, about 200 bytes for each lane. */
  LANES(64 << 20),
  /** A record of what Signal wrote. */
  RECORD(1 << 22),
  /** The manifest of a checkpoint. */
  MANIFEST(16 << 20),
  /** owner.json of an output. */
  OWNER(1 << 16),
  /** Files of the kernel about this host, below /proc and /sys. */
  KERNEL(16 << 20),
  /** The output of a child process. */
  PROCESS(16 << 20);

  private final int bytes;

  ReadLimit(int bytes) {
    this.bytes = bytes;
  }

  /** The limit. */
  public int bytes() {
    return bytes;
  }

  /**
   * Reads a stream to its end.
   *
   * @param file its path, for the message
   * @throws RefusedFileException where there is more than the limit
   */
  public byte[] read(InputStream in, Object file) throws IOException {
    byte[] read = in.readNBytes(bytes + 1);
    if (read.length > bytes) {
      throw new RefusedFileException(
          file, "has more than %d bytes; at most %d are read".formatted(bytes, bytes));
    }
    return read;
  }
}
