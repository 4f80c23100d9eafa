package ai.signal.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local disk, but that in the middle of the first writing of a certain file the process ends,
 * and in that of another it fails, once each.
 */
public final class FaultyLocalFileSystem extends LocalFileSystem {
  /** A directory that remembers which faults there were. */
  static final String MEMORY = "fs.file.faults";

  private static final int EXIT_CODE = 137; // of SIGKILL

  @Override
  public FSDataOutputStream create(
      org.apache.hadoop.fs.Path path,
      FsPermission permission,
      boolean overwrite,
      int buffer,
      short replication,
      long block,
      Progressable progress)
      throws IOException {
    FSDataOutputStream out =
        super.create(path, permission, overwrite, buffer, replication, block, progress);
    boolean dies = path.getName().contains("model-00002-") && first("dies");
    boolean fails = path.getName().contains("model-00003-") && first("fails");
    return dies || fails ? new FSDataOutputStream(new Faulty(out, dies), null) : out;
  }

  private boolean first(String fault) throws IOException {
    try {
      Files.createFile(Path.of(getConf().get(MEMORY), fault));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private static final class Faulty extends OutputStream {
    private final FSDataOutputStream out;
    private final boolean dies;

    Faulty(FSDataOutputStream out, boolean dies) {
      this.out = out;
      this.dies = dies;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      out.write(bytes, from, count / 2);
      out.flush();
      if (dies) {
        Runtime.getRuntime().halt(EXIT_CODE);
      }
      throw new IOException("No space left on device");
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
