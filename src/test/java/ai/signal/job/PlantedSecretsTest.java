package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.ChildJvm;
import ai.signal.S3Extension;
import ai.signal.S3Server;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.SparkContext;
import org.apache.spark.deploy.SparkSubmit;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Secrets are given to a job in each way that Spark has, and then looked for wherever it wrote. */
@ExtendWith(S3Extension.class)
class PlantedSecretsTest {
  /** Each planted value has it; the server's own is searched for as well. */
  private static final String PLANTED = "PLANTED";

  private static final String PAGES = "spark.planted.pages";

  @TempDir Path directory;

  /** Keeps what Spark's pages show while the job runs. */
  public static final class Pages extends SparkListener {
    private static final List<String> PATHS =
        List.of(
            "/environment/",
            "/jobs/",
            "/stages/",
            "/executors/",
            "/SQL/",
            "/executors/threadDump/?executorId=driver",
            "/metrics/json/",
            "/api/v1/applications/%s/environment",
            "/api/v1/applications/%s/jobs",
            "/api/v1/applications/%s/stages",
            "/api/v1/applications/%s/allexecutors");

    private final AtomicInteger jobs = new AtomicInteger();

    @Override
    public void onJobEnd(SparkListenerJobEnd job) {
      SparkContext spark = SparkContext.getOrCreate();
      if (jobs.incrementAndGet() % 4 != 1) {
        return;
      }
      Path file = Path.of(spark.conf().get(PAGES));
      for (String path : PATHS) {
        String page = spark.uiWebUrl().get() + path.formatted(spark.applicationId());
        try (InputStream in = URI.create(page).toURL().openStream()) {
          Files.write(
              file, in.readAllBytes(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
          throw new UncheckedIOException(page, e);
        }
      }
    }
  }

  @Test
  void inSettings(S3Server server) throws IOException {
    String output = "s3a://" + server.bucket() + "/run";
    ChildJvm.Ended job =
        submit(
            S3Server.settings(server.port()),
            Map.of("AWS_ACCESS_KEY_ID", "other", "AWS_SECRET_ACCESS_KEY", PLANTED + "-env"),
            output);
    assertThat(job.status()).as(job.log()).isZero();
    nothingIsFound(job, stored(output, server));
    assertThat(Files.readString(directory.resolve("pages")))
        .as("Spark's page of settings was seen")
        .contains("fs.s3a.secret.key", "fs.azure.account.key.x.dfs.core.windows.net", "(redacted)");
  }

  /** No key is in any setting: the platform's own provider has them. */
  @Test
  void inTheEnvironmentAlone(S3Server server) throws IOException {
    Map<String, String> settings = new HashMap<>(S3Server.settings(server.port()));
    settings.remove("fs.s3a.access.key");
    settings.remove("fs.s3a.secret.key");
    settings.put(
        "fs.s3a.aws.credentials.provider",
        "com.amazonaws.auth.EnvironmentVariableCredentialsProvider");
    String output = "s3a://" + server.bucket() + "/run";
    ChildJvm.Ended job =
        submit(
            settings,
            Map.of(
                "AWS_ACCESS_KEY_ID",
                S3Server.ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY",
                S3Server.SECRET_KEY),
            output);
    assertThat(job.status()).as(job.log()).isZero();
    nothingIsFound(job, stored(output, server));
  }

  @Test
  void ofAJobThatTheStoreRefuses(S3Server server) throws IOException {
    Map<String, String> settings = new HashMap<>(S3Server.settings(server.port()));
    settings.put("fs.s3a.secret.key", PLANTED + "-wrong");
    ChildJvm.Ended job = submit(settings, Map.of(), "s3a://" + server.bucket() + "/run");
    assertThat(job.status()).isEqualTo(1);
    assertThat(job.log()).contains("Job failed: ");
    nothingIsFound(job, Map.of());
  }

  private ChildJvm.Ended submit(
      Map<String, String> hadoop, Map<String, String> environment, String output)
      throws IOException {
    Map<String, String> settings = new TreeMap<>();
    hadoop.forEach((key, value) -> settings.put("spark.hadoop." + key, value));
    settings.put("spark.master", "local[2]");
    settings.put("spark.driver.host", "127.0.0.1");
    settings.put("spark.driver.bindAddress", "127.0.0.1");
    settings.put("spark.ui.port", "0");
    settings.put("spark.plugins", "ai.signal.cluster.SignalPlugin");
    settings.put("spark.extraListeners", Pages.class.getName());
    settings.put(PAGES, directory.resolve("pages").toString());
    settings.put("spark.eventLog.enabled", "true");
    settings.put(
        "spark.eventLog.dir",
        Files.createDirectories(directory.resolve("events")).toUri().toString());
    settings.put("spark.hadoop.fs.s3a.session.token", PLANTED + "-session");
    settings.put("spark.hadoop.fs.azure.account.key.x.dfs.core.windows.net", PLANTED + "-azure");
    settings.put("spark.hadoop.fs.gs.auth.service.account.private.key", PLANTED + "-google");
    settings.put("spark.hadoop.fs.s3a.encryption.key", PLANTED + "-encryption");
    StringBuilder properties = new StringBuilder();
    settings.forEach((key, value) -> properties.append(key + " " + value + "\n"));
    Path file = Files.writeString(directory.resolve("planted.conf"), properties);
    Path few =
        Files.write(
            directory.resolve("few.jsonl"),
            Files.readAllLines(Path.of("jobs/data/quickstart-held-out.jsonl")).subList(0, 4));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--properties-file",
                file.toString(),
                "--conf",
                "spark.hadoop.fs.s3a.proxy.password=" + PLANTED + "-conf",
                "--class",
                SignalJob.class.getName(),
                "spark-internal",
                "jobs/quickstart.yaml",
                "output=" + output,
                "model.dtype=float32",
                "stages=[{train: {data: {path: %s}, batch_size: 2, steps: 3, checkpoint: {every_steps: 2}}}, {evaluate: {data: {path: %s}, max_tokens: 4}}, {sample: {prompts: {path: jobs/data/quickstart-prompts.jsonl}, max_tokens: 2}}, {save: {}}]"
                    .formatted(few, few)));
    return ChildJvm.end(
        environment, List.of(), SparkSubmit.class, arguments.toArray(String[]::new));
  }

  private void nothingIsFound(ChildJvm.Ended job, Map<String, byte[]> stored) throws IOException {
    Map<String, byte[]> written = new TreeMap<>(stored);
    written.put("standard output", job.out().getBytes(StandardCharsets.UTF_8));
    written.put("the driver's log", job.log().getBytes(StandardCharsets.UTF_8));
    for (String name : List.of("events", "pages")) {
      try (Stream<Path> files =
          Files.exists(directory.resolve(name))
              ? Files.walk(directory.resolve(name))
              : Stream.of()) {
        for (Path each : files.filter(Files::isRegularFile).toList()) {
          written.put(each.toString(), Files.readAllBytes(each));
        }
      }
    }
    written.forEach(
        (name, bytes) ->
            assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                .as(name)
                .doesNotContain(PLANTED, S3Server.SECRET_KEY));
  }

  /** All that the job wrote, by name. */
  private static Map<String, byte[]> stored(String output, S3Server server) throws IOException {
    Map<String, byte[]> stored = new TreeMap<>();
    org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path(output);
    try (FileSystem files = FileSystem.newInstance(root.toUri(), server.conf())) {
      RemoteIterator<? extends org.apache.hadoop.fs.FileStatus> found = files.listFiles(root, true);
      while (found.hasNext()) {
        org.apache.hadoop.fs.Path file = found.next().getPath();
        try (InputStream in = files.open(file)) {
          stored.put(file.toString().substring(output.length() + 1), in.readAllBytes());
        }
      }
    }
    assertThat(stored)
        .containsKeys(
            "job.yaml",
            "summary.json",
            "report.html",
            "metrics.jsonl",
            "owner.json",
            "adapter/README.md",
            "adapter/adapter_config.json");
    assertThat(String.join("\n", stored.keySet()))
        .contains("manifest.json", "lanes.json", "samples/", "evaluation/");
    return stored;
  }
}
