package ai.signal.checkpoint;

import ai.signal.storage.OwnedFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * The local disk with conditional creation as S3A has it since Hadoop 3.4.2: asked for by the
 * builder, decided when the file is closed.
 */
final class ConditionalFileSystem extends RawLocalFileSystem {
  /** Runs before a file is closed. */
  Runnable before = () -> {};

  /** Whether closing throws although the file has been written. */
  boolean losesAnswers;

  ConditionalFileSystem() throws IOException {
    initialize(URI.create("file:///"), new Configuration());
  }

  @Override
  public boolean hasPathCapability(Path path, String capability) throws IOException {
    return capability.equals(OwnedFiles.CONDITIONAL) || super.hasPathCapability(path, capability);
  }

  @Override
  public FSDataOutputStreamBuilder<FSDataOutputStream, Builder> createFile(Path path) {
    return new Builder(path);
  }

  /** Knows nothing but conditional creation. */
  final class Builder extends FSDataOutputStreamBuilder<FSDataOutputStream, Builder> {
    private final Path path;

    Builder(Path path) {
      super(ConditionalFileSystem.this, path);
      this.path = path;
    }

    @Override
    public Builder getThisBuilder() {
      return this;
    }

    @Override
    public FSDataOutputStream build() throws IOException {
      if (!getOptions().getBoolean(OwnedFiles.CONDITIONAL, false)) {
        throw new IllegalStateException("Not conditional");
      }
      return new FSDataOutputStream(new Target(), null);
    }

    private final class Target extends ByteArrayOutputStream {
      @Override
      public void close() throws IOException {
        before.run();
        java.nio.file.Path file = pathToFile(path).toPath();
        java.nio.file.Files.createDirectories(file.getParent());
        try {
          java.nio.file.Files.write(file, toByteArray(), StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
          throw new IOException("412 Precondition Failed", e);
        }
        if (losesAnswers) {
          throw new IOException("connection reset");
        }
      }
    }
  }
}
