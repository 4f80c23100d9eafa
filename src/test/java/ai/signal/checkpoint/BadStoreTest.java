package ai.signal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.FaultProxy;
import ai.signal.S3Extension;
import ai.signal.S3Server;
import ai.signal.storage.Content;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An S3 server behind a network, and a service, that fail. */
@ExtendWith(S3Extension.class)
class BadStoreTest {
  private static final RunIdentity RUN = Fixtures.run("a");

  private S3Server server;
  private String output;

  @BeforeEach
  void bucket(S3Server shared) {
    server = shared;
    output = "s3a://" + server.bucket() + "/run";
  }

  /** Tries again as often as by default, but sooner. */
  private static Configuration impatient(int port) {
    Configuration conf = S3Server.conf(port);
    conf.set("fs.s3a.retry.interval", "20ms");
    conf.set("fs.s3a.retry.throttle.interval", "20ms");
    return conf;
  }

  /** Tries again less often too. */
  private static Configuration resigned(int port) {
    Configuration conf = impatient(port);
    conf.setInt("fs.s3a.attempts.maximum", 2);
    conf.setInt("fs.s3a.retry.limit", 2);
    return conf;
  }

  @Test
  void everyTenthRequestMeetsAFault() throws IOException {
    faults(impatient(0), 6, 200);
  }

  @Test
  @Tag("full")
  void everyTenthRequestMeetsAFaultAndDelaysAreLong() throws IOException {
    faults(S3Server.conf(0), 100, 5000);
  }

  private void faults(Configuration conf, int saves, long delayMillis) throws IOException {
    try (FaultProxy proxy =
            new FaultProxy(server.port(), 5, 0.1, List.of(FaultProxy.Fault.values()), delayMillis);
        CheckpointStore direct = CheckpointStore.open(output, server.conf())) {
      conf.set("fs.s3a.endpoint", "http://127.0.0.1:" + proxy.port());
      conf.set("fs.s3a.multipart.size", "5M"); // the least
      conf.set("fs.s3a.multipart.threshold", "5M");
      try (CheckpointStore store = CheckpointStore.open(output, conf);
          CheckpointWriter writer =
              CheckpointWriter.open(store, RUN, SavePolicy.DEFAULT.keeping(Retention.last(3)))) {
        for (long step = 1; step <= saves; step++) {
          writer.save(withUploadInParts(step));
          writer.await();
          Latest<Boolean> latest = store.latest(Expected.of(RUN), Fixtures::isWhole);
          assertThat(latest.found()).get().extracting(Latest.Loaded::value).isEqualTo(true);
          assertThat(latest.found().get().manifest().step()).isEqualTo(step);
        }
      }
      for (StepEntry entry : direct.list()) {
        if (entry instanceof StepEntry.Committed) {
          assertThat(direct.verify(entry.step())).isEmpty();
        } else { // an upload cut short leaves an empty directory on this server
          assertThat(direct.files().sizes(direct.layout().step(entry.step()))).isEmpty();
        }
      }
      assertThat(direct.steps()).contains((long) saves, saves - 1L, saves - 2L);
      System.err.println(proxy.requests() + " requests, " + proxy.injected());
      assertThat(proxy.injected()).containsKeys(FaultProxy.Fault.values());
    }
  }

  private static Snapshot withUploadInParts(long step) {
    Map<String, Content> files = new LinkedHashMap<>(Fixtures.snapshot(step).files());
    files.put("large.bin", Floats.of(Fixtures.floats(step, 3, 3_000_000)));
    return new Snapshot(step, Fixtures.facts(step), files);
  }

  @Test
  void aStoreThatIsDownForGoodEndsTheRunWithOneLine() throws IOException {
    try (CheckpointStore direct = CheckpointStore.open(output, server.conf());
        FaultProxy proxy = FaultProxy.clean(server.port());
        CheckpointStore store = CheckpointStore.open(output, resigned(proxy.port()))) {
      CheckpointWriter writer = CheckpointWriter.open(store, RUN, SavePolicy.DEFAULT);
      writer.save(Fixtures.snapshot(10));
      writer.await();
      proxy.goDown();
      writer.save(Fixtures.snapshot(20));
      assertThatThrownBy(writer::close)
          .isInstanceOf(CheckpointException.class)
          .hasMessageMatching(
              "Cannot save checkpoint of step 20 in %s: 3 tries failed, the last: .*Connection refused.*"
                  .formatted(output));
      assertThat(direct.latest(Expected.of(RUN), Fixtures::isWhole).found().get().value()).isTrue();
      assertThat(direct.steps()).containsExactly(10L);
    }
  }

  /** It takes connections and never answers. */
  @Test
  void aStoreThatIsSilentEndsTheRunAtTheLimit() throws IOException {
    SavePolicy policy = new SavePolicy(3, Duration.ofSeconds(2), Optional.empty());
    try (FaultProxy proxy = FaultProxy.clean(server.port());
        ServerSocket silent = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        CheckpointStore store = CheckpointStore.open(output, impatient(proxy.port()))) {
      CheckpointWriter writer = CheckpointWriter.open(store, RUN, policy);
      proxy.sendTo(silent.getLocalPort());
      writer.save(Fixtures.snapshot(10));
      assertThatThrownBy(writer::close)
          .isInstanceOf(CheckpointException.class)
          .hasMessageEndingWith("step 10 in %s: not done after 2000 ms".formatted(output));
    }
  }
}
