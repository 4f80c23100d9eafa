package ai.signal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.ChildJvm;
import ai.signal.FaultProxy;
import ai.signal.S3Extension;
import ai.signal.S3Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A driver is killed by SIGKILL at seeded points of a save: at each thing that it asks of the file
 * system, in the middle of writes, and with S3 also when a seeded number of bytes has been
 * uploaded. Each time a reader sees the checkpoint before or the new one, whole, and the next
 * driver goes on.
 */
@ExtendWith(S3Extension.class)
class TornWritesTest {
  private static final List<String> OPTIONS =
      List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:+UseSerialGC");
  private static final int SIGKILLED = 128 + 9;

  /** Bytes that a save uploads, about. */
  private static final int UPLOAD =
      Float.BYTES * (Fixtures.ADAPTER_FLOATS + Fixtures.MOMENT_FLOATS) + 2000;

  @TempDir private Path temporary;

  @Test
  void killedOnALocalDisk() throws Exception {
    local(5, 7);
  }

  @Test
  void killedOnS3(S3Server server) throws Exception {
    s3(server, 3, 7);
  }

  @Test
  @Tag("full")
  void killedOnALocalDiskAHundredTimes() throws Exception {
    local(100, 11);
  }

  @Test
  @Tag("full")
  void killedOnS3AHundredTimes(S3Server server) throws Exception {
    s3(server, 100, 11);
  }

  private void local(int kills, long seed) throws Exception {
    try (CheckpointStore store =
        CheckpointStore.open(temporary.resolve("run").toUri().toString(), new Configuration())) {
      new Kills(store, 0, seed, null).run(kills);
    }
  }

  private void s3(S3Server server, int kills, long seed) throws Exception {
    String output = "s3a://" + server.bucket() + "/run";
    try (FaultProxy proxy = FaultProxy.clean(server.port());
        CheckpointStore store = CheckpointStore.open(output, server.conf())) {
      new Kills(store, proxy.port(), seed, proxy).run(kills);
    }
  }

  /** Drivers one after the other on one output. */
  private final class Kills {
    private final CheckpointStore store;
    private final int port;
    private final Random random;
    private final FaultProxy proxy;
    private final List<String> log = new ArrayList<>();
    private long committed;

    Kills(CheckpointStore store, int port, long seed, FaultProxy proxy) {
      this.store = store;
      this.port = port;
      this.random = new Random(seed);
      this.proxy = proxy;
    }

    void run(int kills) throws Exception {
      int operations = number("operations (\\d+)", driver(-1, Long.MAX_VALUE));
      committed = 10;
      int done = 0;
      int torn = 0;
      while (done < kills) {
        boolean byBytes = proxy != null && random.nextBoolean();
        String said =
            byBytes
                ? driver(Integer.MAX_VALUE, random.nextInt(UPLOAD * 3 / 2))
                : driver(random.nextInt(operations * 3 / 2), Long.MAX_VALUE);
        done += said.contains("saving") ? 1 : 0; // else it died when it opened the output
        check(said);
        torn += store.sweep().spared().size();
      }
      assertThat(torn).as("attempts that were left behind\n%s", log).isPositive();

      driver(-1, Long.MAX_VALUE);
      committed += 10;
      assertThat(latest().manifest().step()).isEqualTo(committed);
      assertThat(store.files().sizes(store.layout().checkpoints()).keySet())
          .as("files; an upload cut short leaves an empty directory on the tests' S3 server")
          .containsExactlyInAnyOrderElementsOf(files(committed, committed - 10));
    }

    /** All files of checkpoints, and nothing of attempts that failed. */
    private List<String> files(long... steps) throws IOException {
      List<String> names = new ArrayList<>();
      for (long step : steps) {
        String attempt = store.open(step, Expected.any()).manifest().attempt();
        String directory = store.layout().step(step).getName() + "/";
        names.add(directory + Layout.MANIFEST);
        names.add(directory + attempt + "/" + Fixtures.ADAPTER);
        names.add(directory + attempt + "/" + Fixtures.MOMENTS);
      }
      return names;
    }

    /** The newest is what the driver has reported as saved, or else what it was saving. */
    private void check(String said) throws IOException {
      int saved = number("saved (\\d+)", said);
      int saving = number("saving (\\d+)", said);
      if (saving > 0) {
        // An upload on its way when its driver died may have arrived since.
        String first = said.substring(said.indexOf("saving")).lines().findFirst().orElseThrow();
        long loaded = number("saving (\\d+)", first) - 10L;
        assertThat(loaded).as(said).isGreaterThanOrEqualTo(committed);
        committed = loaded;
      }
      long before = Math.max(committed, saved);
      long found = latest().manifest().step();
      log.add("\n" + said.replace('\n', ' ') + "-> " + found);
      assertThat(found).as(said).isIn(before, Math.max(before, saving));
      assertThat(store.verify(found)).isEmpty();
      committed = found;
    }

    private Latest.Loaded<Boolean> latest() throws IOException {
      Latest<Boolean> latest = store.latest(Expected.of(Fixtures.run("a")), Fixtures::isWhole);
      assertThat(latest.leftOut())
          .allMatch(
              left ->
                  left.reason().equals("it has no manifest.json")
                      || left.reason().startsWith("manifest.json is not whole"));
      Latest.Loaded<Boolean> found = latest.found().orElseThrow();
      assertThat(found.value()).as("step %d is whole", found.manifest().step()).isTrue();
      return found;
    }

    /** What a driver said until it was killed; unless it was to live. */
    private String driver(int operations, long bytes) throws Exception {
      Path errors = temporary.resolve("driver.log");
      List<String> arguments =
          List.of(store.location(), Integer.toString(port), Integer.toString(operations));
      Process driver =
          new ProcessBuilder(
                  ChildJvm.command(
                      OPTIONS, DyingWriter.class.getName(), arguments.toArray(String[]::new)))
              .redirectError(errors.toFile())
              .start();
      if (proxy != null) {
        // The handle leaves what the driver has said to be read.
        proxy.afterBytes(
            bytes == Long.MAX_VALUE ? 1L << 40 : bytes, driver.toHandle()::destroyForcibly);
      }
      String said = new String(driver.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = driver.waitFor();
      assertThat(status)
          .as("%s%s", said, Files.readString(errors))
          .isEqualTo(operations < 0 ? 0 : SIGKILLED);
      return said;
    }

    /** The last number of that kind, or 0. */
    private static int number(String pattern, String text) {
      Matcher matcher = Pattern.compile(pattern).matcher(text);
      int number = 0;
      while (matcher.find()) {
        number = Integer.parseInt(matcher.group(1));
      }
      return number;
    }
  }
}
