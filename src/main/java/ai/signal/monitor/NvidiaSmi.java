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
  private static final String READING =
      "index,uuid,memory.used,memory.total,utilization.gpu,temperature.gpu,power.draw";
  private static final String DEVICE = "index,uuid,memory.total,name";

  private static final long TIMEOUT_SECONDS = 10;

  /**
   * What a GPU is.
   *
   * @param memory bytes; 0 where the driver does not tell
   */
  public record Device(String name, long memory) {}

  /**
   * What the GPUs of this host are.
   *
   * @param addresses the indices or UUIDs of those that are wanted
   * @throws IOException where there is no such command, or it fails
   */
  public List<Device> devices(List<String> addresses) throws IOException {
    return rows(DEVICE, addresses).stream()
        .map(
            fields -> {
              double mebibytes = number(fields[2]);
              return new Device(
                  fields[3], Double.isNaN(mebibytes) ? 0 : Math.round(mebibytes * (1 << 20)));
            })
        .toList();
  }

  /**
   * Reads the GPUs of this host.
   *
   * @param executor to whom they belong
   * @param addresses the indices or UUIDs of those that are wanted; all, where it is empty
   * @throws IOException where there is no such command, or it fails
   */
  public List<GpuReading> read(String executor, List<String> addresses) throws IOException {
    return rows(READING, addresses).stream()
        .map(
            fields ->
                new GpuReading(
                    executor,
                    Integer.parseInt(fields[0]),
                    number(fields[2]),
                    number(fields[3]),
                    number(fields[4]),
                    number(fields[5]),
                    number(fields[6])))
        .toList();
  }

  private List<String[]> rows(String columns, List<String> addresses) throws IOException {
    List<String[]> rows = new ArrayList<>();
    int count = columns.split(",").length;
    for (String line : run(columns)) {
      String[] fields = line.split("\\s*,\\s*", -1);
      if (fields.length != count || !fields[0].matches("\\d+")) {
        continue; // a warning between the rows
      }
      if (addresses.isEmpty() || addresses.contains(fields[0]) || addresses.contains(fields[1])) {
        rows.add(fields);
      }
    }
    return rows;
  }

  /** What stands in brackets, such as {@code [N/A]} or {@code [Not Supported]}, is no number. */
  private static double number(String field) {
    return field.matches("\\d+(\\.\\d+)?") ? Double.parseDouble(field) : Double.NaN;
  }

  private List<String> run(String columns) throws IOException {
    Process process =
        new ProcessBuilder(command, "--query-gpu=" + columns, "--format=csv,noheader,nounits")
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
