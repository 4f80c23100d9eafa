package ai.signal;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** {@code planted://bucket/path}: a file system that notes each URI that it is asked for. */
public final class PlantedFileSystem extends RawLocalFileSystem {
  /** What was asked for, by all instances. */
  public static final List<URI> SEEN = new CopyOnWriteArrayList<>();

  static final String SETTING = "fs.planted.impl";

  @Override
  public void initialize(URI uri, Configuration conf) throws IOException {
    SEEN.add(uri);
    throw new IOException("planted: there is no such store");
  }
}
