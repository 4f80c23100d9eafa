package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes of submit.sh: signals in their first seconds, their environment and their heap. */
class SubmitProcessTest {
  private static final int INTERRUPTED = 128 + 2;
  private static final int TERMINATED = 128 + 15;

  @TempDir static Path directory;
  private static SubmitHome home;

  @BeforeAll
  static void layOut() throws IOException {
    home = SubmitHome.in(directory.resolve("home"));
  }

  /**
   * The job reads its spec from a pipe that it inherits. When more bytes are written than a pipe
   * holds, the job has read some and waits for the rest.
   */
  @Test
  void terminatedBeforeThereIsAJob() throws Exception {
    Path pipe = home.path().resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Process process =
        home.bash("exec ./submit.sh /dev/fd/9 9<>pipe").redirectErrorStream(true).start();
    try (BufferedReader out = reader(process);
        OutputStream spec = Files.newOutputStream(pipe)) {
      spec.write(" ".repeat(200_000).getBytes(StandardCharsets.UTF_8));
      signal(process, "TERM");
      assertThat(out.lines())
          .containsExactly(
              "stopped by a signal before the first step; the same command starts again");
    }
    assertThat(SubmitHome.await(process)).isEqualTo(TERMINATED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "./submit.sh --dry-run <(sed s,data/,jobs/data/, jobs/quickstart.yaml) output=piped",
        "sed s,data/,jobs/data/, jobs/quickstart.yaml | ./submit.sh --dry-run /dev/stdin output=piped"
      })
  void readsASpecFromAPipeOfTheShell(String command) throws Exception {
    Process process = home.bash(command).redirectErrorStream(true).start();
    try (BufferedReader out = reader(process)) {
      assertThat(out.lines()).anyMatch(line -> line.contains("quickstart"));
    }
    assertThat(SubmitHome.await(process)).isZero();
  }

  @Test
  void interruptedAfterTheFirstLine() throws Exception {
    Path output = home.path().resolve("interrupted");
    Process process =
        home.command(Map.of(), List.of("jobs/quickstart.yaml", "output=" + output))
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out = reader(process)) {
      assertThat(out.readLine()).startsWith("quickstart · builtin:tiny");
      signal(process, "INT");
      List<String> rest = out.lines().toList();
      assertThat(rest).noneMatch(line -> line.startsWith("\tat ") || line.contains("Job failed"));
      assertThat(rest.stream().filter(line -> line.contains("stopped by a signal"))).hasSize(1);
    }
    assertThat(SubmitHome.await(process)).isEqualTo(INTERRUPTED);
    Path summary = output.resolve("summary.json");
    if (Files.exists(summary)) { // the run had begun
      assertThat(Files.readString(summary)).contains("\"status\" : \"stopped\"");
    }
  }

  /** On one machine tasks share the driver's heap, and Spark would end its process at once. */
  @Test
  void aHeapThatIsTooSmallIsOneLine() throws Exception {
    SubmitHome.Ended ended =
        home.run(
            Map.of(),
            List.of(
                "--driver-memory",
                "512m",
                "jobs/sft.yaml",
                "output=" + home.path().resolve("heap"),
                "lora.rank=1500",
                "stages.0.train.steps=1"));
    assertThat(ended.status()).as(ended.out() + ended.err()).isEqualTo(1);
    assertThat(ended.err().lines().filter(line -> !line.contains(" WARN ")))
        .containsExactly(
            "Job failed: The driver's heap of 512 MiB is too small; give it more, such as --driver-memory 4g");
  }

  @Test
  void aLocaleOfAsciiReadsOtherPaths() throws Exception {
    Path spec = home.path().resolve("größe/ж.yaml");
    Files.createDirectories(spec.getParent());
    Files.writeString(
        spec,
        """
        name: a
        model: {base: builtin:tiny}
        output: runs/größe
        stages: [{save: {}}]
        """);
    SubmitHome.Ended ended =
        home.run(
            Map.of("LANG", "C", "LC_ALL", "C"),
            List.of("--dry-run", "--master", "spark://127.0.0.1:1", "größe/ж.yaml"));
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.out()).as("a plan, without the cluster").contains("4 layers");
    assertThat(ended.err()).isEmpty();
  }

  private static void signal(Process process, String name) throws Exception {
    String pid = Long.toString(process.pid());
    assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }
}
