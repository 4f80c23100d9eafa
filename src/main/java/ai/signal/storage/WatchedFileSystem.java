package ai.signal.storage;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** A file system whose operations are watched. */
final class WatchedFileSystem extends FilterFileSystem {
  private final StoreWatch watch;

  /**
   * @param files is closed with this
   */
  WatchedFileSystem(FileSystem files, StoreWatch watch) {
    super(files);
    this.watch = watch;
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return watch.during(() -> super.getFileStatus(path));
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    return watch.during(() -> super.listStatus(path));
  }

  @Override
  public RemoteIterator<LocatedFileStatus> listFiles(Path path, boolean recursive)
      throws IOException {
    return watch.during(() -> fs.listFiles(path, recursive));
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    return watch.during(() -> super.open(path, bufferSize));
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return new Watched(
        watch.during(
            () ->
                super.create(
                    path, permission, overwrite, bufferSize, replication, blockSize, progress)));
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    return watch.during(() -> super.delete(path, recursive));
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    return watch.during(() -> super.rename(from, to));
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) throws IOException {
    return watch.during(() -> super.mkdirs(path, permission));
  }

  /** A stream that object stores upload when it is closed. */
  private final class Watched extends FSDataOutputStream {
    Watched(FSDataOutputStream out) throws IOException {
      super(out, null);
    }

    @Override
    public void close() throws IOException {
      watch.during(
          () -> {
            super.close();
            return true;
          });
    }
  }
}
