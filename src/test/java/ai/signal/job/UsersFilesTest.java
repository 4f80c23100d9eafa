package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import ai.signal.client.SaveMode;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.train.RunConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Ways in which commands met a user's own files; the user's bytes stay in all of them. */
@ExtendWith(SparkExtension.class)
class UsersFilesTest {
  private static final String JOB =
      """
      name: files
      model: {base: builtin:tiny, dtype: float32}
      lora: {rank: 1, alpha: 2, targets: [q_proj]}
      output: out
      stages:
        - train: {data: {path: data.jsonl}, batch_size: 2, steps: 1}
        - sample: {prompts: {path: data.jsonl}, max_tokens: 1}
        - evaluate: {data: {path: held-out.jsonl}, max_tokens: 1}
        - save: {mode: adapter}
        - save: {mode: merged}
      """;

  private static final String LINES =
      """
      {"prompt": "Nils gave", "completion": " a hat."}
      {"prompt": "Rosa sold", "completion": " a cup."}
      """;

  @TempDir static Path directory;

  /** A job that is finished; tests work on copies of its output. */
  @BeforeAll
  static void runOnce(SparkSession spark) throws IOException {
    Files.writeString(directory.resolve("job.yaml"), JOB);
    Files.writeString(directory.resolve("data.jsonl"), LINES);
    Files.writeString(directory.resolve("held-out.jsonl"), LINES);
    run(0, "finished");
  }

  private static String run(int status, String output, String... more) {
    List<String> arguments = new ArrayList<>();
    Stream.of(more).filter(flag -> flag.startsWith("--")).forEach(arguments::add);
    arguments.add(directory.resolve("job.yaml").toString());
    arguments.add("output=" + directory.resolve(output));
    Stream.of(more).filter(key -> !key.startsWith("--")).forEach(arguments::add);
    return execute(status, arguments);
  }

  private static String execute(int status, List<String> arguments) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    int ended = SignalJob.execute(out, out, arguments.toArray(String[]::new));
    String said = printed.toString(StandardCharsets.UTF_8);
    assertThat(ended).as(said).isEqualTo(status);
    return said;
  }

  private static Path copy(String name) throws IOException {
    Path from = directory.resolve("finished");
    Path to = directory.resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
    return to;
  }

  private static Path write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  /** All files below a directory, by name. */
  private static Map<String, byte[]> tree(Path root) throws IOException {
    Map<String, byte[]> tree = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        tree.put(root.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return tree;
  }

  private static void requireSame(Path root, Map<String, byte[]> before) throws IOException {
    Map<String, byte[]> now = tree(root);
    assertThat(now.keySet()).isEqualTo(before.keySet());
    before.forEach((name, bytes) -> assertThat(now.get(name)).as(name).isEqualTo(bytes));
  }

  @Test
  void aDirectoryWithACopyOfAResolvedSpec() throws IOException {
    Path mine = directory.resolve("mine");
    Files.createDirectory(mine);
    Files.copy(directory.resolve("finished/job.yaml"), mine.resolve("job.yaml"));
    write(mine.resolve("data/train.jsonl"), "mine");
    write(mine.resolve("quarantine/bad.jsonl"), "mine");
    Map<String, byte[]> before = tree(mine);
    for (String[] flags : new String[][] {{}, {"--overwrite"}, {"--dry-run"}}) {
      run(flags.length > 0 && flags[0].equals("--dry-run") ? 0 : 2, "mine", flags);
      requireSame(mine, before);
    }
    assertThat(run(2, "mine")).contains("job.yaml, which Signal did not write");
  }

  @Test
  void aProjectWithAJobYamlOfItsOwn() throws IOException {
    Path mine = directory.resolve("project");
    write(mine.resolve("job.yaml"), "kind: Job\n");
    write(mine.resolve("data/train.jsonl"), "mine");
    Map<String, byte[]> before = tree(mine);
    assertThat(run(2, "project", "--overwrite"))
        .contains("holds job.yaml, which Signal did not write")
        .doesNotContain("torn");
    requireSame(mine, before);
  }

  @Test
  void inputsInTheOutput() throws IOException {
    Path output = copy("inputs");
    Files.createSymbolicLink(directory.resolve("link"), output);
    Map<String, byte[]> before = tree(output);
    for (String input :
        List.of(
            "model.base=" + output.resolve("merged"),
            "model.base=" + directory.resolve("link/merged"),
            "lora.init=" + output.resolve("adapter"),
            "stages.0.train.data.path=" + output.resolve("samples"),
            "stages.0.train.data.path=" + output.resolve("samples/../samples/*.jsonl"),
            "stages.0.train.data.path=" + directory.resolve("i*/samples/*.jsonl"),
            "stages.0.train.data.path=file://" + output.resolve("samples/stage-1.jsonl"),
            "stages.1.sample.prompts.path=" + output.resolve("samples"),
            "stages.2.evaluate.data.path=" + output)) {
      String said = run(2, "inputs", "--overwrite", input);
      assertThat(said)
          .as(input)
          .contains(input.substring(0, input.indexOf('=')))
          .contains("it reads from the output of this job");
      requireSame(output, before);
    }
  }

  /** The model is not even looked for. */
  @Test
  void remoteInputsInTheOutput() {
    for (String output : List.of("s3a://bucket/a/", "s3a://bucket//a/./b")) {
      String said =
          execute(
              2,
              List.of(
                  directory.resolve("job.yaml").toString(),
                  "model.base=s3a://bucket/a/b/merged",
                  "output=" + output));
      assertThat(said).contains("model.base = 's3a://bucket/a/b/merged' is refused");
    }
  }

  @Test
  void overwriteWaitsForEveryCheckOfTheNewJob() throws IOException {
    Path output = copy("checked");
    Map<String, byte[]> before = tree(output);
    write(directory.resolve("bad.jsonl"), LINES + "{\"prompt\": 7}\n");
    for (String wrong :
        List.of(
            "stages.2.evaluate.data.path=" + directory.resolve("bad.jsonl"),
            "stages.1.sample.prompts.path=" + directory.resolve("none.jsonl"),
            "lora.targets=[z_proj]")) {
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
      int status =
          SignalJob.execute(
              out,
              out,
              "--overwrite",
              directory.resolve("job.yaml").toString(),
              "output=" + output,
              wrong);
      assertThat(status).as(printed.toString(StandardCharsets.UTF_8)).isIn(1, 2);
      requireSame(output, before);
    }
  }

  @Test
  void aJobInADirectoryThatIsInUse() throws IOException {
    Path output = copy("shared");
    Map<String, byte[]> before = tree(output);
    Map<String, Path> mine = new TreeMap<>();
    for (String name :
        List.of(
            "thesis.tex",
            "data/train.jsonl",
            "quarantine/bad.jsonl",
            "adapter/notes.txt",
            "merged/notes.txt",
            "checkpoints/notes.txt",
            "checkpoints/step-00000001/notes.txt",
            "written/notes.txt",
            "samples/.stage-1.jsonl.crc",
            ".summary.json.crc")) {
      mine.put(name, write(output.resolve(name), "mine"));
    }
    assertThat(run(0, "shared")).contains("nothing_to_do");
    assertThat(run(0, "shared", "--overwrite", "seed=3"))
        .contains("kept in ", "not written by Signal: ", "thesis.tex")
        .contains("succeeded");
    mine.forEach((name, file) -> assertThat(file).as(name).hasContent("mine"));
    before
        .keySet()
        .removeIf(name -> name.matches("(written|data|checkpoints)/.*")); // of one writer each
    assertThat(tree(output).keySet()).containsAll(before.keySet());

    Path weights = output.resolve("merged/model.safetensors");
    Files.write(weights, new byte[] {1}); // changed by hand
    assertThat(run(2, "shared", "--overwrite"))
        .contains(
            "holds merged/model.safetensors, which Signal did not write or which was changed");
    assertThat(weights).hasBinaryContent(new byte[] {1});
    Files.delete(weights);
    run(0, "shared", "--overwrite");
  }

  /** A link may lead to a place that belongs to another output. */
  @Test
  void aLinkInPlaceOfADirectoryOfTheOutput() throws IOException {
    Path output = Files.createDirectory(directory.resolve("linked"));
    Path disk = Files.createDirectory(directory.resolve("disk"));
    for (String name : List.of("checkpoints", "adapter", "data")) {
      Path link = Files.createSymbolicLink(output.resolve(name), disk);
      assertThat(run(2, "linked")).contains("holds " + name + ", which Signal did not write");
      Files.delete(link);
    }
    assertThat(disk).isEmptyDirectory();
  }

  @Test
  void aDirectoryThatIsSavedTo(SparkSession spark) throws IOException {
    Path model = directory.resolve("their-model");
    write(model.resolve("model.safetensors"), "mine");
    Path adapter = directory.resolve("their-adapter");
    write(adapter.resolve("adapter_model.safetensors"), "mine");
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(RunConfig.of("builtin:tiny").seed(7).build());
      for (SaveMode mode : List.of(SaveMode.MERGED, SaveMode.ADAPTER)) {
        for (Path place : List.of(model, adapter)) {
          assertThatThrownBy(() -> run.saveState(mode, place.toString()))
              .hasMessageContaining("exists already and holds " + place.toFile().list()[0]);
        }
      }
      Path fresh = directory.resolve("fresh");
      run.saveState(SaveMode.ADAPTER, fresh.toString());
      assertThat(fresh.toFile().list()).contains("adapter_config.json").doesNotContain("written");
      Map<String, byte[]> saved = tree(fresh);
      assertThatThrownBy(() -> run.saveState(SaveMode.ADAPTER, fresh.toString()))
          .hasMessageContaining("exists already");
      requireSame(fresh, saved);
    }
    Path finished = directory.resolve("finished");
    Path another = copy("another");
    Map<String, byte[]> job = tree(another);
    for (Path place : List.of(another, finished)) {
      Map<String, byte[]> before = tree(place);
      assertThat(
              execute(
                  2,
                  List.of(
                      "checkpoints", finished.toString(), "export", "latest", place.toString())))
          .contains("exists already and holds adapter, ");
      requireSame(place, before);
    }
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(RunConfig.of("builtin:tiny").seed(7).build());
      assertThatThrownBy(() -> run.saveState(SaveMode.MERGED, another.toString()))
          .hasMessageContaining("exists already");
    }
    requireSame(another, job);
    for (String[] merged : new String[][] {{}, {"--merged"}}) {
      List<String> command =
          new ArrayList<>(
              List.of("checkpoints", finished.toString(), "export", "latest", model.toString()));
      command.addAll(List.of(merged));
      assertThat(execute(2, command)).contains("exists already and holds model.safetensors");
    }
    assertThat(model.resolve("model.safetensors")).hasContent("mine");
    assertThat(adapter.resolve("adapter_model.safetensors")).hasContent("mine");
  }
}
