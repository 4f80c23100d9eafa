package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostCacheTest {
  @TempDir private Path temporary;

  @Test
  void belongsToThisUserAlone() throws IOException {
    Path directory = HostCache.directory(temporary.resolve("new"), "lanes");
    assertThat(directory.getFileName().toString()).startsWith("signal-lanes-");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    assertThat(HostCache.directory(temporary.resolve("new"), "lanes")).isEqualTo(directory);
  }

  @Test
  void refusesADirectoryThatOthersCanChange() throws IOException {
    Path directory = HostCache.directory(temporary, "lanes");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> HostCache.directory(temporary, "lanes"))
        .isInstanceOf(IOException.class)
        .hasMessage(directory + " is not a directory that this user alone can use");
    Files.delete(directory);
    Path elsewhere = HostCache.directory(temporary, "elsewhere");
    Files.createSymbolicLink(directory, elsewhere);
    assertThatThrownBy(() -> HostCache.directory(temporary, "lanes"))
        .hasMessageEndingWith("is not a directory that this user alone can use");
  }
}
