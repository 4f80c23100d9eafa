package ai.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What may be at a path in place of a regular file. */
public enum Irregular {
  /** Whose reader waits for a writer without end. */
  PIPE("a named pipe") {
    @Override
    void make(Path path) throws IOException, InterruptedException {
      assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
    }
  },
  /** Which has no end. */
  DEVICE("a device") {
    @Override
    void make(Path path) throws IOException {
      Files.createSymbolicLink(path, Path.of("/dev/zero"));
    }
  },
  DIRECTORY("a directory") {
    @Override
    void make(Path path) throws IOException {
      Files.createDirectory(path);
    }
  };

  private final String name;

  Irregular(String name) {
    this.name = name;
  }

  abstract void make(Path path) throws IOException, InterruptedException;

  /** Puts it at a path, in place of the file that may be there. */
  public void put(Path path) throws IOException, InterruptedException {
    Files.deleteIfExists(path);
    make(path);
  }

  /** The refusal that a message has to hold. */
  public String refusal() {
    return "is %s, not a regular file".formatted(name);
  }
}
