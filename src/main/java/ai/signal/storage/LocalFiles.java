package ai.signal.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * Opens files of this machine for reading. Reading a named pipe or a terminal waits for a writer
 * without end, and a device such as /dev/zero has no end, so only regular files are opened; links
 * are followed. ArchitectureTest requires that all other classes open files here.
 */
public final class LocalFiles {
  private static final int TYPE = 0170000; // of st_mode, as in inode(7)
  private static final int PIPE = 0010000;
  private static final int SOCKET = 0140000;

  private LocalFiles() {}

  /**
   * Requires a regular file.
   *
   * @throws RefusedFileException where the path is something else; the message says what
   * @throws java.nio.file.NoSuchFileException where nothing is there
   */
  public static void requireRegular(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      String kind = attributes.isDirectory() ? "a directory" : special(file);
      throw new RefusedFileException(file, "is %s, not a regular file".formatted(kind));
    }
  }

  private static String special(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return "a pipe, socket or device";
    }
    return switch ((Integer) Files.getAttribute(file, "unix:mode") & TYPE) {
      case PIPE -> "a named pipe";
      case SOCKET -> "a socket";
      default -> "a device";
    };
  }

  /** Opens a file as a stream. */
  public static InputStream open(Path file) throws IOException {
    requireRegular(file);
    return Files.newInputStream(file);
  }

  /** Opens a file for reading at any position. */
  public static FileChannel channel(Path file) throws IOException {
    requireRegular(file);
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  /** Opens a file that processes of this host lock, and makes it where nothing is there. */
  public static FileChannel toLock(Path file) throws IOException {
    if (Files.exists(file)) {
      requireRegular(file);
    }
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /**
   * Reads all of a file.
   *
   * @throws RefusedFileException where it is no regular file, or larger than the limit
   */
  public static byte[] bytes(Path file, ReadLimit limit) throws IOException {
    try (InputStream in = open(file)) {
      long size = Files.size(file);
      if (size > limit.bytes()) {
        throw new RefusedFileException(
            file, "has %d bytes; at most %d are read".formatted(size, limit.bytes()));
      }
      return limit.read(in, file);
    }
  }

  /**
   * Reads all of a file of UTF-8 text.
   *
   * @throws CharacterCodingException where it is no UTF-8
   * @throws RefusedFileException where it is no regular file, or larger than the limit
   */
  public static String text(Path file, ReadLimit limit) throws IOException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(bytes(file, limit)))
        .toString();
  }

  /** Reads the lines of a file that the kernel writes. */
  public static List<String> kernelLines(Path file) throws IOException {
    return new String(bytes(file, ReadLimit.KERNEL), StandardCharsets.UTF_8).lines().toList();
  }

  /** Copies all of a file to a stream. */
  public static void copy(Path file, OutputStream out) throws IOException {
    requireRegular(file);
    Files.copy(file, out);
  }
}
