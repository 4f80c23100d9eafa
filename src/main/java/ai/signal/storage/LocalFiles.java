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
import java.util.regex.Pattern;

/**
 * Opens files of this machine for reading. Reading a named pipe or a terminal waits for a writer
 * without end, and a device such as /dev/zero has no end, so only regular files are opened; links
 * are followed. ArchitectureTest requires that all other classes open files here.
 */
public final class LocalFiles {
  private static final int TYPE = 0170000; // of st_mode, as in inode(7)
  private static final int PIPE = 0010000;
  private static final int SOCKET = 0140000;

  /** Descriptors that the shell opened for this process, as {@code <(command)} does. */
  private static final Pattern DESCRIPTOR =
      Pattern.compile("/dev/stdin|/(?:dev|proc/self)/fd/[0-9]{1,9}");

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
    if (!hasMode(file)) {
      return "a pipe, socket or device";
    }
    return switch (type(file)) {
      case PIPE -> "a named pipe";
      case SOCKET -> "a socket";
      default -> "a device";
    };
  }

  private static boolean hasMode(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("unix");
  }

  private static int type(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:mode") & TYPE;
  }

  /** Returns whether a path names a descriptor of this process, which is in no directory. */
  public static boolean isDescriptor(Path file) {
    return DESCRIPTOR.matcher(file.toString()).matches();
  }

  /**
   * Opens a file, or a pipe that the shell opened for this process. Only what the user names on the
   * command line is opened so: reading waits for the user's own command to end.
   *
   * @throws RefusedFileException where the path is anything else, another named pipe included
   */
  public static InputStream openPiped(Path file) throws IOException {
    boolean piped = isDescriptor(file) && hasMode(file) && type(file) == PIPE;
    return piped ? Files.newInputStream(file) : open(file);
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
