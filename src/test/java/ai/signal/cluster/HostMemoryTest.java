package ai.signal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostMemoryTest {
  @TempDir Path root;

  @BeforeEach
  void aHostOf64MebibytesWhere48AreFree() throws IOException {
    write(
        "proc/meminfo",
        "MemTotal:       65536 kB\nMemFree:         1024 kB\nMemAvailable:   49152 kB\n");
  }

  @Test
  void aHostWithoutLimits() throws IOException {
    assertThat(HostMemory.read(root)).isEqualTo(mebibytes(64, 48, false));
    write("proc/self/cgroup", "4:memory:/\n0::/\n");
    write("sys/fs/cgroup/memory.max", "max\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assertThat(HostMemory.read(root)).isEqualTo(mebibytes(64, 48, false));
  }

  @Test
  void aContainerSeesItsGroupAtTheMount() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    write("sys/fs/cgroup/memory.max", bytes(32));
    write("sys/fs/cgroup/memory.current", bytes(20));
    write("sys/fs/cgroup/memory.stat", "anon 1\ninactive_file " + bytes(5));
    assertThat(HostMemory.read(root)).isEqualTo(mebibytes(32, 17));
  }

  @Test
  void aProcessOfTheHostHasItsGroupBelow() throws IOException {
    write("proc/self/cgroup", "0::/system.slice/spark.service\n");
    write("sys/fs/cgroup/system.slice/spark.service/memory.max", bytes(8));
    write("sys/fs/cgroup/system.slice/spark.service/memory.current", bytes(6));
    assertThat(HostMemory.read(root)).isEqualTo(mebibytes(8, 2));
  }

  @Test
  void theFirstVersionOfGroups() throws IOException {
    write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/docker/abc\n0::/\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", bytes(16));
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", bytes(12));
    write("sys/fs/cgroup/memory/memory.stat", "inactive_file 1\ntotal_inactive_file " + bytes(4));
    assertThat(HostMemory.read(root)).isEqualTo(mebibytes(16, 8));
  }

  @Test
  void theHostMayHaveLessThanTheLimitLeaves() throws IOException {
    write("sys/fs/cgroup/memory.max", bytes(60));
    write("sys/fs/cgroup/memory.current", bytes(1));
    assertThat(HostMemory.read(root)).isEqualTo(mebibytes(60, 48));
  }

  @Test
  void thisHostAndProcess() {
    HostMemory memory = HostMemory.read(Path.of("/"));
    assertThat(memory.free()).isPositive().isLessThan(memory.total());
    assertThat(HostMemory.resident()).isBetween(20L << 20, memory.total());
  }

  @Test
  void aYarnContainerIsHeapAndOverhead() {
    SparkConf conf = new SparkConf(false).set("spark.executor.memory", "8g");
    assertThat(YarnContainer.bytes(conf)).isEmpty();
    conf.set("spark.master", "yarn");
    assertThat(YarnContainer.bytes(conf)).contains((8192L + 819) << 20);
    conf.set("spark.executor.memory", "1g");
    assertThat(YarnContainer.bytes(conf)).contains((1024L + 384) << 20);
    conf.set("spark.executor.memoryOverhead", "6g");
    assertThat(YarnContainer.bytes(conf)).contains(7L << 30);
    conf.set("spark.memory.offHeap.enabled", "true").set("spark.memory.offHeap.size", "1g");
    assertThat(YarnContainer.bytes(conf)).contains(8L << 30);
  }

  private void write(String file, String text) throws IOException {
    Files.createDirectories(root.resolve(file).getParent());
    Files.writeString(root.resolve(file), text);
  }

  private static String bytes(long mebibytes) {
    return (mebibytes << 20) + "\n";
  }

  private static HostMemory mebibytes(long total, long free) {
    return mebibytes(total, free, true);
  }

  private static HostMemory mebibytes(long total, long free, boolean limited) {
    return new HostMemory(total << 20, free << 20, limited);
  }
}
