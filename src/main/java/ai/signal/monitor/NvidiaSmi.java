package ai.signal.monitor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * NVIDIA's own command, which comes with every driver and speaks for it.
 *
 * @param command its name or path
 */
public record NvidiaSmi(String command) {
  private static final String FIELDS =
      "index,uuid,memory.used,memory.total,utilization.gpu,temperature.gpu,power.draw";

  private static final long TIMEOUT_SECONDS = 10;

  /**
   * Reads the GPUs of this host.
   *
   * @param executor to whom they belong
   * @param addresses the indices or UUIDs of those that are wanted; all, where it is empty
   * @throws IOException where there is no such command, or it fails
   */
  public List<GpuReading> read(String executor, List<String> addresses) throws IOException {
    List<GpuReading> readings = new ArrayList<>();
    for (String line : run()) {
      String[] fields = line.split("\\s*,\\s*", -1);
      if (fields.length != 7 || !fields[0].matches("\\d+")) {
        continue; // a warning between the rows
      }
      if (addresses.isEmpty() || addresses.contains(fields[0]) || addresses.contains(fields[1])) {
        readings.add(
            new GpuReading(
                executor,
                Integer.parseInt(fields[0]),
                number(fields[2]),
                number(fields[3]),
                number(fields[4]),
                number(fields[5]),
                number(fields[6])));
      }
    }
    return readings;
  }

  /** What stands in brackets, such as {@code [N/A]} or {@code [Not Supported]}, is no number. */
  private static double number(String field) {
    return field.matches("\\d+(\\.\\d+)?") ? Double.parseDouble(field) : Double.NaN;
  }

  private List<String> run() throws IOException {
    Process process =
        new ProcessBuilder(command, "--query-gpu=" + FIELDS, "--format=csv,noheader,nounits")
            .redirectErrorStream(true)
            .start();
    try {
      // What it prints fits into the pipe. A driver that hangs must not hang the reader.
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(
            "Cannot read GPUs: %s does not answer in %d s".formatted(command, TIMEOUT_SECONDS));
      }
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.exitValue() != 0) {
        throw new IOException(
            "Cannot read GPUs: %s ended with %d: %s"
                .formatted(command, process.exitValue(), output.lines().findFirst().orElse("")));
      }
      return output.lines().map(String::strip).toList();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Cannot read GPUs: interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
