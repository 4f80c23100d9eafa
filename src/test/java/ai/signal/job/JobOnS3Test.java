package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.ChildJvm;
import ai.signal.FaultProxy;
import ai.signal.S3Extension;
import ai.signal.S3Server;
import ai.signal.SparkExtension;
import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.Expected;
import ai.signal.checkpoint.StepEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Jobs whose output is on a real S3 server, also behind a network that fails. */
@ExtendWith({S3Extension.class, SparkExtension.class})
class JobOnS3Test {
  private static final PrintStream QUIET = new PrintStream(OutputStream.nullOutputStream());
  private static final String QUICKSTART = "jobs/quickstart.yaml";
  private static final String[] SHORT = {
    "stages.1.train.steps=8",
    "stages.1.train.checkpoint.every_steps=2",
    "stages.0.evaluate.max_tokens=4",
    "stages.2.evaluate.max_tokens=4",
    "stages.3.sample.max_tokens=4"
  };

  /** The same steps. */
  private static final String[] WITHOUT_EVALUATIONS = {
    SHORT[0], SHORT[1], SHORT[4], sample(0), sample(2)
  };

  @TempDir static Path directory;
  private static byte[] local;

  private static String sample(int stage) {
    return "stages.%d={sample: {prompts: {path: jobs/data/quickstart-prompts.jsonl}, max_tokens: 2}}"
        .formatted(stage);
  }

  private S3Server server;
  private String output;

  @BeforeEach
  void bucket(S3Server shared) {
    server = shared;
    output = "s3a://" + server.bucket() + "/runs/quickstart";
  }

  /** A job in a JVM of its own that reaches S3 through a port. */
  private ChildJvm.Ended job(int port, Map<String, String> more, String... overrides)
      throws IOException {
    List<String> options = new ArrayList<>();
    S3Server.settings(port).forEach((key, value) -> options.add(option(key, value)));
    more.forEach((key, value) -> options.add(option(key, value)));
    List<String> arguments = new ArrayList<>(List.of("local[2]", "none", "-1", QUICKSTART));
    arguments.add("output=" + output);
    arguments.addAll(List.of(overrides));
    return ChildJvm.end(Map.of(), options, Signalled.class, arguments.toArray(String[]::new));
  }

  private static String option(String key, String value) {
    return "-Dspark.hadoop." + key + "=" + value;
  }

  private byte[] stored(String name) throws IOException {
    try (FileSystem files = FileSystem.newInstance(java.net.URI.create(output), server.conf());
        InputStream in = files.open(new org.apache.hadoop.fs.Path(output, name))) {
      return in.readAllBytes();
    }
  }

  /** What the same steps make on the local disk. */
  private static byte[] local() throws IOException {
    if (local == null) {
      local = local(WITHOUT_EVALUATIONS);
    }
    return local;
  }

  private static byte[] local(String... overrides) throws IOException {
    Path here = directory.resolve("local-" + overrides.length);
    List<String> arguments = new ArrayList<>(List.of(QUICKSTART, "output=" + here));
    arguments.addAll(List.of(overrides));
    assertThat(SignalJob.execute(QUIET, QUIET, arguments.toArray(String[]::new))).isZero();
    return Files.readAllBytes(here.resolve("adapter/adapter_model.safetensors"));
  }

  private void requireWhole(byte[] adapter, int steps) throws IOException {
    assertThat(stored("adapter/adapter_model.safetensors")).isEqualTo(adapter);
    assertThat(new String(stored("metrics.jsonl"), StandardCharsets.UTF_8).lines()).hasSize(steps);
    try (CheckpointStore store = CheckpointStore.open(output, server.conf())) {
      assertThat(store.list()).isNotEmpty();
      for (StepEntry entry : store.list()) {
        if (entry instanceof StepEntry.Committed) {
          assertThat(store.verify(entry.step())).isEmpty();
        }
      }
    }
  }

  @Test
  void theQuickstartRuns(SparkSession spark) throws IOException {
    quickstart(8, SHORT);
  }

  @Test
  @Tag("full")
  void theWholeQuickstartRuns(SparkSession spark) throws IOException {
    quickstart(120);
  }

  private void quickstart(int steps, String... overrides) throws IOException {
    ChildJvm.Ended child = job(server.port(), Map.of(), overrides);
    assertThat(child.status()).as(child.out() + child.log()).isZero();
    assertThat(child.out()).contains("succeeded in", output);
    requireWhole(overrides.length > 0 ? local() : local(overrides), steps);
    assertThat(new String(stored("summary.json"), StandardCharsets.UTF_8)).contains("succeeded");
    assertThat(new String(stored("report.html"), StandardCharsets.UTF_8)).contains("quickstart");
    ChildJvm.Ended again = job(server.port(), Map.of(), overrides);
    assertThat(again.out()).contains("nothing_to_do");
  }

  @Test
  void everyTenthRequestMeetsAFault(SparkSession spark) throws IOException {
    faults(200, Map.of("fs.s3a.retry.interval", "20ms", "fs.s3a.retry.throttle.interval", "20ms"));
  }

  @Test
  @Tag("full")
  void everyTenthRequestMeetsAFaultAndDelaysAreLong(SparkSession spark) throws IOException {
    faults(5000, Map.of());
  }

  private void faults(long delayMillis, Map<String, String> settings) throws IOException {
    try (FaultProxy proxy =
        new FaultProxy(server.port(), 3, 0.1, List.of(FaultProxy.Fault.values()), delayMillis)) {
      ChildJvm.Ended child = job(proxy.port(), settings, WITHOUT_EVALUATIONS);
      assertThat(child.status()).as(child.out() + child.log()).isZero();
      System.err.println(proxy.requests() + " requests, " + proxy.injected());
      assertThat(proxy.injected()).containsKeys(FaultProxy.Fault.values());
      requireWhole(local(), 8);
    }
  }

  /** The job ends with one line; what was saved before is whole, and the job goes on from it. */
  @Test
  void aStoreThatIsDownForGoodEndsTheJob(SparkSession spark) throws IOException {
    Map<String, String> resigned =
        Map.of(
            "fs.s3a.retry.interval", "20ms",
            "fs.s3a.attempts.maximum", "2",
            "fs.s3a.retry.limit", "2");
    try (FaultProxy proxy = FaultProxy.clean(server.port())) {
      proxy.afterBytes(6_000_000, proxy::goDown); // some checkpoints
      ChildJvm.Ended child = job(proxy.port(), resigned, WITHOUT_EVALUATIONS);
      assertThat(child.status()).as(child.out() + child.log()).isEqualTo(1);
      assertThat(child.log().lines().filter(line -> line.startsWith("Job failed")))
          .singleElement()
          .asString()
          .matches(
              "Job failed: Cannot save checkpoint of step \\d+ in %s: 3 tries failed, the last: .*"
                  .formatted(output));
      assertThat(child.log()).doesNotContain("\tat ai.signal");
    }
    try (CheckpointStore store = CheckpointStore.open(output, server.conf())) {
      assertThat(store.latest(Expected.any()).found()).isPresent();
    }
    ChildJvm.Ended rest = job(server.port(), Map.of(), WITHOUT_EVALUATIONS);
    assertThat(rest.status()).as(rest.out() + rest.log()).isZero();
    assertThat(rest.out()).containsPattern("continues from step [246] of stage 2");
    requireWhole(local(), 8);
  }
}
