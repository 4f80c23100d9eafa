package ai.signal.checkpoint;

import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;

/** On the disk of this host. */
class LocalStoreTest extends StoreContract {
  @TempDir private Path temporary;

  @Override
  String output() {
    return temporary.resolve("runs/demo").toUri().toString();
  }

  @Override
  Configuration conf() {
    return new Configuration();
  }
}
