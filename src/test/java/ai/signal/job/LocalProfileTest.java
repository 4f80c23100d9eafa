package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quickstart, shortened, with all that conf/local.conf sets. */
class LocalProfileTest {
  private final Properties profile = new Properties();
  @TempDir Path directory;

  /** Started by Spark, which the profile knows by name. */
  public static final class Watch extends SparkListener {
    static final List<String> JOBS = new CopyOnWriteArrayList<>();

    @Override
    public void onJobStart(SparkListenerJobStart job) {
      JOBS.add(
          job.properties().getProperty("spark.job.description")
              + " in "
              + job.properties().getProperty("spark.scheduler.pool"));
    }
  }

  /** As spark-submit hands properties to the driver. */
  @BeforeEach
  void submit() throws Exception {
    try (InputStream file = Files.newInputStream(Path.of("conf/local.conf"))) {
      profile.load(file);
    }
    profile.setProperty("spark.extraListeners", Watch.class.getName());
    profile.setProperty("spark.ui.port", "0");
    System.getProperties().putAll(profile);
  }

  @AfterEach
  void forget() {
    profile.stringPropertyNames().forEach(System::clearProperty);
  }

  @Test
  void runsTheQuickstartWithThePlugin() throws Exception {
    List<String> lines = Files.readAllLines(Path.of("jobs/data/quickstart-held-out.jsonl"));
    Path few = Files.write(directory.resolve("few.jsonl"), lines.subList(0, 4));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        SignalJob.execute(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            "jobs/quickstart.yaml",
            "output=" + directory.resolve("run"),
            "stages.1.train.steps=3",
            "stages.0.evaluate.data.path=" + few,
            "stages.2.evaluate.data.path=" + few);
    assertThat(status).as(err.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("step 3/3", "succeeded")
        .containsPattern("1 executor · cpu · \\S+.* · PyTorch 2\\.7\\.1 · \\d+\\.\\d GiB free");
    assertThat(Watch.JOBS)
        .as("the plugin reports, no job has to ask")
        .noneMatch(job -> job.contains("preflight"))
        .anyMatch(
            job -> job.matches("quickstart · step 3 · forward_backward in quickstart-\\w{8}"));
  }
}
