package ai.signal.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * Ends this process by SIGKILL at the nth thing that is asked of a file system: before it, or when
 * it is a write, in the middle of it.
 */
final class KillingFileSystem extends FilterFileSystem {
  private long left = -1;

  KillingFileSystem(FileSystem fs) {
    super(fs);
  }

  /**
   * Counts from now.
   *
   * @param operations until the kill; never, if negative
   */
  synchronized void arm(long operations) {
    left = operations;
  }

  /** How many operations were counted since a start with -1. */
  synchronized long counted() {
    return -1 - left;
  }

  private synchronized boolean isLast() {
    return left-- == 0;
  }

  private void count() {
    if (isLast()) {
      kill();
    }
  }

  private static void kill() {
    try {
      String pid = Long.toString(ProcessHandle.current().pid());
      new ProcessBuilder("kill", "-KILL", pid).start().waitFor();
      throw new IllegalStateException("SIGKILL is not survived");
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int buffer,
      short replication,
      long block,
      Progressable progress)
      throws IOException {
    count();
    FSDataOutputStream out =
        super.create(path, permission, overwrite, buffer, replication, block, progress);
    return new FSDataOutputStream(new KillingStream(out), null);
  }

  @Override
  public FSDataInputStream open(Path path, int buffer) throws IOException {
    count();
    return super.open(path, buffer);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    count();
    return super.listStatus(path);
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    count();
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    count();
    return super.delete(path, recursive);
  }

  private final class KillingStream extends OutputStream {
    private final FSDataOutputStream out;

    KillingStream(FSDataOutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (isLast()) {
        out.write(bytes, offset, length / 2);
        out.flush();
        kill();
      }
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      count();
      out.close();
    }
  }
}
