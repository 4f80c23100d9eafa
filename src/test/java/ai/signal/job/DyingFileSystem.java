package ai.signal.job;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local disk as a process sees it that is killed at its nth operation: that one is not done, or
 * half done where it is a write, and neither is any after it, so that no cleaning up happens.
 */
public final class DyingFileSystem extends LocalFileSystem {
  /** Operations that are left to all instances. */
  static final AtomicLong LEFT = new AtomicLong(Long.MAX_VALUE);

  private static void live() throws IOException {
    if (LEFT.getAndDecrement() <= 0) {
      throw new IOException("killed");
    }
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int buffer,
      short replication,
      long block,
      Progressable progress)
      throws IOException {
    live();
    return new FSDataOutputStream(
        new Dying(getRawFileSystem().create(path, overwrite, buffer, replication, block)), null);
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
    return create(path, overwrite, buffer, replication, block, progress);
  }

  @Override
  public FSDataInputStream open(Path path, int buffer) throws IOException {
    live();
    return getRawFileSystem().open(path, buffer);
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    live();
    return getRawFileSystem().rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    live();
    return getRawFileSystem().delete(path, recursive);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    live();
    return getRawFileSystem().listStatus(path);
  }

  private static final class Dying extends OutputStream {
    private final FSDataOutputStream out;

    Dying(FSDataOutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      try {
        live();
      } catch (IOException e) {
        out.write(bytes, from, count / 2);
        out.flush();
        throw e;
      }
      out.write(bytes, from, count);
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
