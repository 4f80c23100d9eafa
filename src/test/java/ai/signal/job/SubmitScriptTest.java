package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** submit.sh against a spark-submit that prints what it is given, one argument a line. */
class SubmitScriptTest {
  @TempDir Path directory;
  private Path home;
  private Path elsewhere;

  @BeforeEach
  void lay() throws IOException {
    home = Files.createDirectories(directory.resolve("home of signal")).toRealPath();
    elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
    Files.copy(Path.of("submit.sh"), home.resolve("submit.sh"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.createDirectories(home.resolve("src/main"));
    Files.createDirectories(home.resolve("target"));
    Files.createDirectories(home.resolve("jobs"));
    Files.createDirectories(home.resolve("conf"));
    Files.writeString(home.resolve("conf/yarn.conf"), "");
    Files.writeString(home.resolve("jobs/a.yaml"), "");
    Files.writeString(home.resolve("pom.xml"), "");
    Files.writeString(home.resolve("target/signal-spark.jar"), "");
    executable("spark/bin/spark-submit", "printf '%s\\n' \"$@\"");
    executable("bin/mvn", "echo \"mvn $*\" >&2; touch \"$BUILDS\"");
  }

  @Test
  void optionsOfSparkGoToSparkAndTheRestToTheJob() throws Exception {
    assertThat(
            submit(
                home.resolve("submit.sh"),
                "--master",
                "local[2]",
                "--dry-run",
                "--conf",
                "a=b c",
                "--verbose",
                "--name=x",
                "jobs/a.yaml",
                "lora.rank=4",
                "--overwrite"))
        .containsSubsequence("--class", "ai.signal.job.SignalJob")
        .containsSequence("--master", "local[2]", "--conf", "a=b c", "--name", "x")
        .containsSequence(
            home.resolve("target/signal-spark.jar").toString(),
            "--dry-run",
            "--verbose",
            home.resolve("jobs/a.yaml").toString(),
            "lora.rank=4",
            "--overwrite");
  }

  @Test
  void worksThroughALinkAndPrefersWhatIsHere() throws Exception {
    Files.createDirectories(elsewhere.resolve("jobs"));
    Files.writeString(elsewhere.resolve("jobs/a.yaml"), "");
    Path link = Files.createSymbolicLink(elsewhere.resolve("signal"), home.resolve("submit.sh"));
    Path second = Files.createSymbolicLink(elsewhere.resolve("s"), link.getFileName());
    assertThat(submit(second, "jobs/a.yaml"))
        .contains("jobs/a.yaml", home.resolve("target/signal-spark.jar").toString());
  }

  @Test
  void buildsOnlyWhenSourcesAreNewer() throws Exception {
    Path built = elsewhere.resolve("built");
    aged(home.resolve("src/main"), 60);
    aged(home.resolve("pom.xml"), 60);
    submit(home.resolve("submit.sh"), "jobs/a.yaml");
    assertThat(built).doesNotExist();

    aged(home.resolve("target/signal-spark.jar"), 120);
    submit(home.resolve("submit.sh"), "jobs/a.yaml");
    assertThat(built).exists();

    Files.delete(built);
    submit(home.resolve("submit.sh"), "jobs/a.yaml");
    assertThat(built).as("a jar that Maven left as it was").doesNotExist();

    Path fresh = Files.writeString(home.resolve("src/main/Fresh.java"), "");
    submit(home.resolve("submit.sh"), "jobs/a.yaml");
    assertThat(built).as("after a source of a moment ago, " + fresh).exists();

    Files.delete(built);
    submit(home.resolve("submit.sh"), "jobs/a.yaml");
    assertThat(built).as("a source of the same second as the build").doesNotExist();
  }

  private static void aged(Path file, int seconds) throws IOException {
    Files.setLastModifiedTime(
        file, FileTime.fromMillis(System.currentTimeMillis() - 1000L * seconds));
  }

  @Test
  void credentialsAreNotRepeated() throws Exception {
    String user = "s3a://anna:PLANTED@bucket/x";
    String query = "https://host/x?X-Amz-Signature=PLANTED";
    for (List<String> options :
        List.of(
            List.of("--profile", user),
            List.of("--profile", query),
            List.of("--conf", user),
            List.of("-x" + user),
            List.of("-x" + query))) {
      assertThat(run(2, home.resolve("submit.sh"), options.toArray(String[]::new)))
          .singleElement()
          .asString()
          .contains("***", "allowed: ")
          .doesNotContain("PLANTED", "anna");
    }
  }

  @Test
  void namesBeforeAnAtThatAreNoSecretsArePassedOn() throws Exception {
    String[] options = {
      "--jars", "abfss://container@account.dfs.core.windows.net/a.jar,hdfs://user@node:8020/b.jar",
      "--conf", "spark.hadoop.some.password=ab://SECRET@x",
      "--conf", "spark.a=hdfs://node:8020/a,abfss://container@account/b",
      "--driver-java-options", "--add-opens java.base/java.lang=ALL-UNNAMED",
      "--name", "mail a@b",
      "jobs/a.yaml"
    };
    assertThat(submit(home.resolve("submit.sh"), options))
        .containsSequence(Arrays.copyOf(options, options.length - 1));
  }

  @Test
  void credentialsOfAProfileAreRefused() throws Exception {
    Files.writeString(home.resolve("conf/yarn.conf"), "spark.master=k8s\\://https://a:PLANTED@h\n");
    assertThat(run(2, home.resolve("submit.sh"), "--profile", "yarn", "jobs/a.yaml"))
        .singleElement()
        .asString()
        .contains("spark.master in ", "carries credentials")
        .doesNotContain("PLANTED");
  }

  @Test
  void credentialsOfEveryFormAreRefused() throws Exception {
    for (String url :
        List.of(
            "https://a:PLANTED/PLANTED@h/x",
            "https://PLANTED@h/x",
            "s3a:/a:PLANTED@b/x",
            "s3a:a:PLANTED@b/x",
            "hdfs://h:1/a.jar,https://a:PLANTED@h/x",
            "hdfs://a:PLANTED@h/x",
            "jdbc:postgresql://h/x?user=a&password=PLANTED")) {
      for (String option : List.of("--conf=spark.a=", "--jars=", "--name=", "--repositories=")) {
        assertThat(run(2, home.resolve("submit.sh"), option + url, "jobs/a.yaml"))
            .singleElement()
            .asString()
            .contains("carries credentials")
            .doesNotContain("PLANTED");
      }
    }
  }

  @Test
  void profilesArePropertiesFiles() throws Exception {
    assertThat(
            submit(
                home.resolve("submit.sh"), "--profile", "yarn", "--master", "yarn", "jobs/a.yaml"))
        .containsSequence("--properties-file", home.resolve("conf/yarn.conf").toString());
    assertThat(run(2, home.resolve("submit.sh"), "--profile", "yarn", "jobs/a.yaml"))
        .singleElement()
        .asString()
        .contains("--profile yarn needs the cluster's address: --master URL");
    assertThat(run(2, home.resolve("submit.sh"), "--profile", "yarm", "jobs/a.yaml"))
        .singleElement()
        .asString()
        .contains("--profile yarm is refused", "there: yarn");
  }

  @Test
  void aProfileKeepsTheDefaultsOfTheCluster() throws Exception {
    Path defaults = Files.createDirectories(directory.resolve("spark/conf"));
    Files.writeString(
        defaults.resolve("spark-defaults.conf"), "spark.of.the.cluster 1\nspark.both cluster");
    Files.writeString(home.resolve("conf/yarn.conf"), "spark.both profile\nspark.master yarn\n");
    Path merged = home.resolve("target/yarn.conf");
    assertThat(submit(home.resolve("submit.sh"), "--profile=yarn", "jobs/a.yaml"))
        .containsSequence("--properties-file", merged.toString());
    Properties properties = new Properties();
    try (InputStream file = Files.newInputStream(merged)) {
      properties.load(file);
    }
    assertThat(properties)
        .containsEntry("spark.of.the.cluster", "1")
        .containsEntry("spark.both", "profile")
        .containsEntry("spark.master", "yarn")
        .hasSize(3);
  }

  @Test
  void checkpointsNeedNoCluster() throws Exception {
    assertThat(
            submit(
                home.resolve("submit.sh"),
                "--profile",
                "yarn",
                "--conf",
                "spark.hadoop.fs.s3a.endpoint=x",
                "checkpoints",
                "s3a://bucket/runs/mine",
                "delete",
                "50",
                "--force"))
        .containsSubsequence("--conf", "spark.hadoop.fs.s3a.endpoint=x")
        .containsSubsequence("--properties-file", home.resolve("conf/yarn.conf").toString())
        .containsSequence(
            "--master",
            "local[*]",
            "--deploy-mode",
            "client",
            home.resolve("target/signal-spark.jar").toString(),
            "checkpoints",
            "s3a://bucket/runs/mine",
            "delete",
            "50",
            "--force");
  }

  @Test
  void refusesWhatItCannotPassOn() throws Exception {
    assertThat(run(2, home.resolve("submit.sh"), "-x", "jobs/a.yaml")).hasSize(1);
    assertThat(run(2, home.resolve("submit.sh"), "--conf")).hasSize(1);
    assertThat(run(2, home.resolve("submit.sh"), "--conf", "jobs/a.yaml"))
        .containsExactly("submit.sh: --conf jobs/a.yaml is refused, allowed: --conf KEY=VALUE");
    assertThat(run(2, home.resolve("submit.sh"), "--dryrun", "jobs/a.yaml"))
        .singleElement()
        .asString()
        .contains("--dryrun is refused, allowed: --dry-run");
  }

  private List<String> submit(Path script, String... args) throws Exception {
    return run(0, script, args);
  }

  private List<String> run(int exit, Path script, String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(elsewhere.toFile()).redirectErrorStream(true);
    builder.environment().put("SPARK_HOME", directory.resolve("spark").toString());
    builder.environment().put("BUILDS", elsewhere.resolve("built").toString());
    builder
        .environment()
        .merge("PATH", directory.resolve("bin").toString(), (path, mvn) -> mvn + ":" + path);
    Process process = builder.start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(process.waitFor()).as(String.join("\n", lines)).isEqualTo(exit);
    return lines;
  }

  private void executable(String name, String command) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/usr/bin/env bash\n" + command + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
