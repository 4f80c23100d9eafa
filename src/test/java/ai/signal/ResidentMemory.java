package ai.signal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The size of processes, and whether it grows. */
public final class ResidentMemory {
  private ResidentMemory() {}

  /** Resident KiB of a process of this host, as Linux tells. */
  public static long kib(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  /** By how much a value grows from one place to the next: least squares. */
  public static double slope(List<Double> values) {
    double middle = (values.size() - 1) / 2.0;
    double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
    double product = 0;
    double square = 0;
    for (int i = 0; i < values.size(); i++) {
      product += (i - middle) * (values.get(i) - mean);
      square += (i - middle) * (i - middle);
    }
    return product / square;
  }
}
