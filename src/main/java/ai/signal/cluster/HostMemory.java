package ai.signal.cluster;

import ai.signal.storage.LocalFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Memory of a host, or of the container that this process is in.
 *
 * @param total bytes
 * @param free bytes that a process can still take; the cache of files counts as free
 * @param limited whether it is a container's: no other has a part in it
 */
record HostMemory(long total, long free, boolean limited) {
  /**
   * Reads it from Linux; elsewhere both are 0.
   *
   * @param root of the file system
   */
  static HostMemory read(Path root) {
    Path meminfo = root.resolve("proc/meminfo");
    HostMemory host =
        new HostMemory(
            1024 * number(meminfo, "MemTotal:").orElse(0L),
            1024 * number(meminfo, "MemAvailable:").orElse(0L),
            false);
    return host.inGroup(root, "sys/fs/cgroup", "0::", Names.V2)
        .inGroup(root, "sys/fs/cgroup/memory", "[0-9]+:memory:", Names.V1);
  }

  /** Bytes of this process that are in memory, mapped files among them. */
  static long resident() {
    return 1024 * number(Path.of("/proc/self/status"), "VmRSS:").orElse(0L);
  }

  /** With a limit of this process, if it is lower, and the bytes of it that are taken. */
  HostMemory within(long limit, long taken) {
    return new HostMemory(
        Math.min(total, limit),
        Math.max(0, Math.min(free, limit - taken)),
        limited || limit < total);
  }

  /** What control groups call their numbers, in either version. */
  private record Names(String limit, String usage, String cache) {
    static final Names V2 = new Names("memory.max", "memory.current", "inactive_file");
    static final Names V1 =
        new Names("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file");
  }

  /** A container sees its own group at the mount, a process of the host at its path below it. */
  private HostMemory inGroup(Path root, String mount, String line, Names names) {
    String path = value(root.resolve("proc/self/cgroup"), line).orElse("/").substring(1);
    Path group =
        Stream.of(root.resolve(mount).resolve(path), root.resolve(mount))
            .filter(directory -> Files.exists(directory.resolve(names.limit)))
            .findFirst()
            .orElse(root);
    long limit = number(group.resolve(names.limit), "").orElse(Long.MAX_VALUE);
    if (limit >= total) {
      return this;
    }
    long usage = number(group.resolve(names.usage), "").orElse(0L);
    long cache = number(group.resolve("memory.stat"), names.cache).orElse(0L);
    return within(limit, usage - cache);
  }

  private static Optional<Long> number(Path file, String name) {
    return value(file, name)
        .map(text -> text.strip().replaceFirst("\\s.*", ""))
        .filter(text -> text.matches("\\d{1,18}"))
        .map(Long::parseLong);
  }

  /** What follows a name in the first line that begins with it. */
  private static Optional<String> value(Path file, String name) {
    try {
      return LocalFiles.kernelLines(file).stream()
          .filter(line -> line.matches(name + ".*"))
          .findFirst()
          .map(line -> line.replaceFirst("^" + name, ""));
    } catch (IOException e) {
      return Optional.empty(); // another version of control groups, or another system
    }
  }
}
