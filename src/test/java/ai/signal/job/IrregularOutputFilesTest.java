package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.Irregular;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is no regular file in an output, or is given as a job spec, is not opened. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IrregularOutputFilesTest {
  @TempDir Path directory;

  private OutputDirectory open() throws IOException {
    return OutputDirectory.open(directory.toString(), new Configuration());
  }

  static Stream<Arguments> everyFileAndKind() {
    return Stream.of(
            "job.yaml", "summary.json", "metrics.jsonl", "stages/00-evaluate.json", "samples/a")
        .flatMap(name -> Stream.of(Irregular.values()).map(kind -> Arguments.of(name, kind)));
  }

  /** An empty file, so that its size is that of a pipe. */
  @ParameterizedTest
  @MethodSource("everyFileAndKind")
  void nothingElseIsTakenForAFileOfSignal(String name, Irregular kind) throws Exception {
    try (OutputDirectory output = open()) {
      output.write(name, "");
      assertThat(output.read(name)).contains("");
      kind.put(directory.resolve(name));
      assertThat(output.read(name)).isEmpty();
      assertThat(output.taken(List.of(name))).containsExactly(name);
      assertThatThrownBy(() -> output.write(name, "x")).hasMessageContaining(name);
    }
  }

  @ParameterizedTest
  @EnumSource(Irregular.class)
  void recordsAreNone(Irregular kind) throws Exception {
    try (OutputDirectory output = open()) {
      output.write("job.yaml", "a");
    }
    List<Path> records;
    try (Stream<Path> files = Files.walk(directory.resolve("written"))) {
      records = files.filter(Files::isRegularFile).toList();
    }
    assertThat(records).isNotEmpty();
    for (Path record : records) {
      kind.put(record);
    }
    try (OutputDirectory output = open()) {
      assertThat(output.read("job.yaml")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Irregular.class)
  void ownersOfUnknownOutputsAreRefused(Irregular kind) throws Exception {
    Path owner = directory.resolve("owner.json");
    kind.put(owner);
    try (OutputDirectory output = open()) {
      assertThatThrownBy(output::formatVersion)
          .hasMessage("Cannot read %s: it %s", owner, kind.refusal());
    }
  }

  @Test
  void textsOfAnOutputHaveALimit() throws Exception {
    try (OutputDirectory output = open()) {
      output.write(
          "summary.json",
          out -> {
            byte[] chunk = new byte[1 << 20];
            for (int i = 0; i < 65; i++) {
              out.write(chunk);
            }
          });
      assertThatThrownBy(() -> output.read("summary.json"))
          .hasMessageContaining("summary.json: it has more than 67108864 bytes");
    }
  }

  @ParameterizedTest
  @EnumSource(Irregular.class)
  void jobSpecsAreRefused(Irregular kind) throws Exception {
    Path spec = directory.resolve("job.yaml");
    kind.put(spec);
    assertThat(run(spec.toString()))
        .isEqualTo(
            "2 Cannot read job spec %s: it %s, allowed: a YAML file%n", spec, kind.refusal());
    Path job = directory.resolve("of-model.yaml");
    kind.put(directory.resolve("config.json"));
    Files.writeString(
        job,
        "name: x\nmodel: {base: %s}\noutput: runs/x\nstages:\n- save: {}\n".formatted(directory));
    assertThat(run("--dry-run", job.toString())).startsWith("2 ").contains(kind.refusal());
  }

  private static String run(String... args) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
    int status = SignalJob.execute(stream, stream, args);
    return status + " " + printed.toString(StandardCharsets.UTF_8);
  }
}
