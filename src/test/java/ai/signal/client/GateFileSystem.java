package ai.signal.client;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** A store that takes its time: listings wait until the gate is opened, and then fail. */
public final class GateFileSystem extends RawLocalFileSystem {
  private static volatile CountDownLatch gate = new CountDownLatch(0);

  /** Closes the gate, and makes {@code gate:} locations of this store. */
  static void close(Configuration conf) {
    gate = new CountDownLatch(1);
    conf.set("fs.gate.impl", GateFileSystem.class.getName());
  }

  static void open() {
    gate.countDown();
  }

  @Override
  public URI getUri() {
    return URI.create("gate:///");
  }

  @Override
  public String getScheme() {
    return "gate";
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IOException("nothing is here");
  }
}
