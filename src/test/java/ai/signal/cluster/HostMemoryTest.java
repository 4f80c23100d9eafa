package ai.signal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostMemoryTest {
  private static final long GIB = 1L << 30;

  @TempDir Path directory;
  private Path meminfo;

  @BeforeEach
  void host() throws IOException {
    meminfo = directory.resolve("meminfo");
    Files.writeString(
        meminfo,
        "MemTotal:       25165824 kB\nMemFree:         1048576 kB\nMemAvailable:    8388608 kB\n");
  }

  @Test
  void theHosts() {
    assertThat(HostMemory.available(meminfo, directory)).isEqualTo(8 * GIB);
  }

  @Test
  void aContainersWhereThatIsLess() throws IOException {
    Files.writeString(directory.resolve("memory.max"), "4294967296\n");
    Files.writeString(directory.resolve("memory.current"), "1073741824\n");
    assertThat(HostMemory.available(meminfo, directory)).isEqualTo(3 * GIB);

    Files.writeString(directory.resolve("memory.max"), "max\n");
    assertThat(HostMemory.available(meminfo, directory)).isEqualTo(8 * GIB);
  }

  @Test
  void aContainersOfTheFirstVersion() throws IOException {
    Path memory = Files.createDirectory(directory.resolve("memory"));
    Files.writeString(memory.resolve("memory.limit_in_bytes"), "2147483648");
    Files.writeString(memory.resolve("memory.usage_in_bytes"), "2147483649");
    assertThat(HostMemory.available(meminfo, directory)).isZero();

    Files.writeString(memory.resolve("memory.limit_in_bytes"), "9223372036854771712"); // none set
    assertThat(HostMemory.available(meminfo, directory)).isEqualTo(8 * GIB);
  }

  @Test
  void unlimitedWhereNothingIsTold() {
    assertThat(HostMemory.available(directory.resolve("none"), directory))
        .isEqualTo(Long.MAX_VALUE);
  }
}
