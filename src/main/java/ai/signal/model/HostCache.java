package ai.signal.model;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Directories under a temporary one that the JVMs of this user on this host share. */
public final class HostCache {
  private HostCache() {}

  /**
   * The directory for {@code kind} of files, made if it is not there.
   *
   * @param temporary its parent, which may be everyone's
   * @throws IOException if it cannot be made, or others than this user could change it
   */
  public static Path directory(Path temporary, String kind) throws IOException {
    String user = System.getProperty("user.name").replaceAll("[^a-zA-Z0-9_.-]", "_");
    Path directory = temporary.resolve("signal-%s-%s".formatted(kind, user));
    var ownerOnly = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(temporary);
    try {
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(ownerOnly));
    } catch (FileAlreadyExistsException e) {
      boolean ours =
          Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
              && Files.getPosixFilePermissions(directory).equals(ownerOnly)
              && Files.isWritable(directory);
      if (!ours) {
        throw new IOException(directory + " is not a directory that this user alone can use", e);
      }
    }
    return directory;
  }
}
