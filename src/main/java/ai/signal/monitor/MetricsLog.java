package ai.signal.monitor;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code metrics.jsonl}. Lines go to a local file, since object stores cannot append; the whole
 * file is published when the job asks for it.
 */
public final class MetricsLog implements JobListener, AutoCloseable {
  private final Path spool;
  private final BufferedWriter writer;

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

  @Override
  public void stepFinished(StepMetrics step) {
    try {
      writer.write(Json.line(step.json()));
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot spool metrics to " + spool, e);
    }
  }

  /** Copies all lines so far. */
  public void publish(OutputStream target) throws IOException {
    Files.copy(spool, target);
  }

  @Override
  public void close() throws IOException {
    writer.close();
    Files.deleteIfExists(spool);
  }
}
