package ai.signal.storage;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Writes a small file that must not exist yet, so that of several writers the first one wins. */
final class FirstCommit {
  private FirstCommit() {}

  /**
   * Writes the file, with conditional creation where the file system has it; otherwise after a
   * look.
   *
   * @param part a name for the file until it is complete, where objects do not appear at once
   * @throws FileAlreadyExistsException where anything is there
   */
  static void write(FileSystem fs, Path target, Path part, byte[] bytes) throws IOException {
    if (fs.hasPathCapability(target, OwnedFiles.CONDITIONAL)) {
      FSDataOutputStreamBuilder<?, ?> builder = fs.createFile(target);
      builder.recursive();
      builder.must(OwnedFiles.CONDITIONAL, true);
      write(builder.build(), bytes);
    } else if (StorageFiles.appearsAtClose(fs, target)) {
      write(fs.create(target, false), bytes);
    } else {
      writeAndRename(fs, target, part, bytes);
    }
  }

  private static void writeAndRename(FileSystem fs, Path target, Path part, byte[] bytes)
      throws IOException {
    try {
      write(fs.create(part, false), bytes);
      if (fs.exists(target) || !fs.rename(part, target)) {
        throw new FileAlreadyExistsException(target.toString());
      }
    } catch (IOException | RuntimeException | Error e) {
      deleteQuietly(fs, part, e);
      throw e;
    }
  }

  private static void write(FSDataOutputStream out, byte[] bytes) throws IOException {
    try {
      out.write(bytes);
      StorageFiles.sync(out);
    } catch (IOException | RuntimeException | Error e) {
      StorageFiles.abandon(out, e);
      throw e;
    }
    out.close();
  }

  /** Deletes an incomplete file; a failure of this is added to the one that left it. */
  static void deleteQuietly(FileSystem fs, Path part, Throwable failure) {
    try {
      fs.delete(part, false);
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
