package ai.signal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.Irregular;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LocalFilesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(Irregular.class)
  void onlyRegularFilesAreOpened(Irregular kind) throws Exception {
    Path file = directory.resolve("x");
    kind.put(file);
    FileSystem local = FileSystem.getLocal(new Configuration());
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toString());
    List<ThrowingCallable> calls =
        List.of(
            () -> LocalFiles.open(file),
            () -> LocalFiles.channel(file),
            () -> LocalFiles.toLock(file),
            () -> LocalFiles.bytes(file, ReadLimit.SETTINGS),
            () -> LocalFiles.text(file, ReadLimit.SETTINGS),
            () -> LocalFiles.kernelLines(file),
            () -> LocalFiles.copy(file, OutputStream.nullOutputStream()),
            () -> StorageFiles.input(local, path),
            () -> StorageFiles.input(path, new Configuration()),
            () -> StorageFiles.sha256(local, path));
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call)
          .isExactlyInstanceOf(RefusedFileException.class)
          .hasMessage("Cannot read %s: it %s", file, kind.refusal());
    }
  }

  @Test
  void socketsAndTerminalsAreNamed() throws Exception {
    Path socket = directory.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      assertThatThrownBy(() -> LocalFiles.open(socket))
          .hasMessage("Cannot read %s: it is a socket, not a regular file", socket);
    }
    assertThatThrownBy(() -> LocalFiles.open(Path.of("/dev/tty")))
        .hasMessage("Cannot read /dev/tty: it is a device, not a regular file");
  }

  @Test
  void linksToRegularFilesAreFollowed() throws IOException {
    Path file = Files.writeString(directory.resolve("a"), "ü");
    Path link = Files.createSymbolicLink(directory.resolve("b"), file);
    assertThat(LocalFiles.text(link, ReadLimit.SPEC)).isEqualTo("ü");
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    LocalFiles.copy(link, copy);
    assertThat(copy.toByteArray()).isEqualTo(Files.readAllBytes(file));
    assertThatThrownBy(() -> LocalFiles.open(directory.resolve("c")))
        .isInstanceOf(NoSuchFileException.class);
    Files.write(file, new byte[] {(byte) 0xff});
    assertThatThrownBy(() -> LocalFiles.text(link, ReadLimit.SPEC))
        .isInstanceOf(CharacterCodingException.class);
  }

  @Test
  void theSumsThatHadoopKeepsNextToAFileAreReadWithIt() throws Exception {
    Path file = Files.writeString(directory.resolve("a"), "x");
    Irregular.PIPE.put(directory.resolve(".a.crc"));
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toString());
    assertThatThrownBy(() -> StorageFiles.input(path, new Configuration()))
        .hasMessage(
            "Cannot read %s: it is a named pipe, not a regular file", directory + "/.a.crc");
  }

  @Test
  void aLimitHoldsForTheBytesThatAreRead() throws IOException {
    int limit = ReadLimit.OWNER.bytes();
    Path file = directory.resolve("x");
    Files.write(file, new byte[limit]);
    assertThat(LocalFiles.bytes(file, ReadLimit.OWNER)).hasSize(limit);
    Files.write(file, new byte[limit + 1]);
    assertThatThrownBy(() -> LocalFiles.bytes(file, ReadLimit.OWNER))
        .hasMessage("Cannot read %s: it has %d bytes; at most %d are read", file, limit + 1, limit);
    assertThatThrownBy(() -> ReadLimit.OWNER.read(endless(), file)) // it grows while it is read
        .hasMessage(
            "Cannot read %s: it has more than %d bytes; at most %d are read", file, limit, limit);
    assertThat(ReadLimit.OWNER.read(new ByteArrayInputStream(new byte[limit]), file))
        .hasSize(limit);
    assertThat(LocalFiles.kernelLines(Path.of("/proc/self/status"))) // which claims to be empty
        .anyMatch(line -> line.startsWith("VmRSS:"));
  }

  private static InputStream endless() {
    return new InputStream() {
      @Override
      public int read() {
        return 0;
      }
    };
  }
}
