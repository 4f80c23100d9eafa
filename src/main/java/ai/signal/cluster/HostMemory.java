package ai.signal.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** How much memory this host, or the container that this JVM runs in, can still give. */
final class HostMemory {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final Path CGROUP = Path.of("/sys/fs/cgroup");

  private HostMemory() {}

  /** Bytes; unlimited where the system does not tell. */
  static long available() {
    return available(MEMINFO, CGROUP);
  }

  /**
   * @param meminfo Linux's description of the host's memory
   * @param cgroup of this process: version 2, or version 1 with a directory {@code memory}
   */
  static long available(Path meminfo, Path cgroup) {
    long host = kibibytes(meminfo, "MemAvailable:").orElse(Long.MAX_VALUE);
    long container =
        Math.min(
            left(cgroup.resolve("memory.max"), cgroup.resolve("memory.current")),
            left(
                cgroup.resolve("memory/memory.limit_in_bytes"),
                cgroup.resolve("memory/memory.usage_in_bytes")));
    return Math.min(host, container);
  }

  private static long left(Path limit, Path used) {
    OptionalLong most = number(limit);
    OptionalLong now = number(used);
    return most.isPresent() && now.isPresent()
        ? Math.max(0, most.getAsLong() - now.getAsLong())
        : Long.MAX_VALUE;
  }

  /** The number in a file of one; none where there is no such file, or it says "max". */
  private static OptionalLong number(Path file) {
    try {
      String text = Files.readString(file).strip();
      return text.matches("[0-9]{1,18}")
          ? OptionalLong.of(Long.parseLong(text))
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private static OptionalLong kibibytes(Path meminfo, String key) {
    try (Stream<String> lines = Files.lines(meminfo)) {
      return lines
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
