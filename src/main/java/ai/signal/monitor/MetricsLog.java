package ai.signal.monitor;

import ai.signal.storage.LocalFiles;
import java.io.BufferedWriter;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code metrics.jsonl}. Lines go to a local file, since object stores cannot append; the whole
 * file is published when the job asks for it.
 */
public final class MetricsLog implements JobListener, AutoCloseable {
  private final Path spool;
  private final BufferedWriter writer;
  private long bytes;

  /**
   * Opens a new spool.
   *
   * @throws UncheckedIOException when the local temporary directory cannot be written
   */
  public MetricsLog() {
    try {
      this.spool = Files.createTempFile("signal-metrics-", ".jsonl");
      this.writer = Files.newBufferedWriter(spool);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot spool metrics to the temporary directory", e);
    }
  }

  /** Lines of steps that were done before this job went on. */
  public void restore(byte[] lines) {
    append(new String(lines, StandardCharsets.UTF_8));
  }

  @Override
  public void stepFinished(StepMetrics step) {
    append(Json.line(step.json()));
  }

  private synchronized void append(String lines) {
    try {
      writer.write(lines);
      writer.flush();
      bytes += lines.getBytes(StandardCharsets.UTF_8).length;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot spool metrics to " + spool, e);
    }
  }

  /** How long it is so far. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Copies what it was when it was so long. */
  public void copy(long length, OutputStream target) throws IOException {
    try (InputStream lines = LocalFiles.open(spool)) {
      byte[] chunk = new byte[1 << 16];
      for (long left = length; left > 0; ) {
        int count = lines.readNBytes(chunk, 0, (int) Math.min(chunk.length, left));
        if (count == 0) {
          throw new EOFException(spool + " is shorter than it was");
        }
        target.write(chunk, 0, count);
        left -= count;
      }
    }
  }

  @Override
  public void close() throws IOException {
    writer.close();
    Files.deleteIfExists(spool);
  }
}
