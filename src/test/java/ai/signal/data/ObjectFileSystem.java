package ai.signal.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * {@code object:/path} behaves like an object store over the local path: an object appears when it
 * is closed, and nothing can be renamed or appended to.
 */
public final class ObjectFileSystem extends RawLocalFileSystem {
  static void configure(Configuration conf) {
    conf.set("fs.object.impl", ObjectFileSystem.class.getName());
  }

  @Override
  public URI getUri() {
    return URI.create("object:///");
  }

  @Override
  public String getScheme() {
    return "object";
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
    return new FSDataOutputStream(
        new ByteArrayOutputStream() {
          @Override
          public void close() throws IOException {
            java.nio.file.Path file = pathToFile(path).toPath();
            Files.createDirectories(file.getParent());
            Files.write(file, toByteArray());
          }
        },
        null);
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
    return create(path, null, overwrite, buffer, replication, block, progress);
  }

  @Override
  public boolean hasPathCapability(Path path, String capability) throws IOException {
    return capability.equals(CommonPathCapabilities.ABORTABLE_STREAM)
        || super.hasPathCapability(path, capability);
  }

  @Override
  public boolean rename(Path from, Path to) {
    throw new UnsupportedOperationException("rename");
  }

  @Override
  public FSDataOutputStream append(Path path, int buffer, Progressable progress) {
    throw new UnsupportedOperationException("append");
  }

  @Override
  public boolean truncate(Path path, long length) {
    throw new UnsupportedOperationException("truncate");
  }
}
