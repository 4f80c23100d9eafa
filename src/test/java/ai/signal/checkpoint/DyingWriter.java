package ai.signal.checkpoint;

import ai.signal.S3Server;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A driver that continues from the newest checkpoint and saves on, until it is killed. */
final class DyingWriter {
  private static final int STEPS = 10;

  private DyingWriter() {}

  /**
   * Arguments: output, port of the S3 server or 0, number of file system operations from the first
   * save until SIGKILL, or -1 for a driver that saves one checkpoint and tells how many it needed.
   */
  public static void main(String[] args) throws IOException {
    Path output = new Path(args[0]);
    int port = Integer.parseInt(args[1]);
    long operations = Long.parseLong(args[2]);
    Configuration conf = port == 0 ? new Configuration() : S3Server.conf(port);
    FileSystem fs = FileSystem.newInstance(output.toUri(), conf);
    fs.setWriteChecksum(false);
    KillingFileSystem killing = new KillingFileSystem(fs);
    RunIdentity run = Fixtures.run("a");
    SavePolicy policy = SavePolicy.DEFAULT.keeping(new Retention(2, List.of(), 0));
    try (CheckpointStore store = new CheckpointStore(killing, output);
        CheckpointWriter writer = CheckpointWriter.open(store, run, policy)) {
      Latest<Boolean> latest = store.latest(Expected.of(run), Fixtures::isWhole);
      long step = latest.found().map(found -> found.manifest().step()).orElse(0L);
      killing.arm(operations);
      do {
        step += STEPS;
        System.out.println("saving " + step);
        writer.save(Fixtures.snapshot(step));
        writer.await();
        System.out.println("saved " + step);
      } while (operations >= 0);
    }
    System.out.println("operations " + killing.counted());
  }
}
