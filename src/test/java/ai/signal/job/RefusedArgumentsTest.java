package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.Planted;
import ai.signal.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Every argument of every command and every key of a spec refuses credentials before a file system,
 * the log or the screen sees them. A new argument needs a valid value here.
 */
@ExtendWith(SparkExtension.class)
class RefusedArgumentsTest {
  private static final String QUICKSTART = "jobs/quickstart.yaml";
  private static final List<String> PATHS = List.of("base", "init", "output", "path", "table");

  @TempDir Path directory;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void everyArgumentOfEveryCommand(SparkSession spark) {
    CommandSpec main = new CommandLine(new SignalJob(System.out, System.err)).getCommandSpec();
    List<List<String>> commands = new ArrayList<>();
    for (String path : Planted.PATHS) {
      collect(main, List.of(), path, commands);
    }
    assertThat(commands).hasSizeGreaterThan(8 * Planted.PATHS.size());
    try (Planted watch = new Planted(spark.sparkContext().hadoopConfiguration())) {
      for (List<String> command : commands) {
        assertThat(run(command)).as("exit status of %s", command).isEqualTo(2);
        assertThat(text())
            .as("%s", command)
            .isNotBlank()
            .doesNotContain(Planted.SECRET, "anna:", "Exception");
      }
      watch.requireUnseen();
    }
  }

  /** The command lines of a command, with a path for each of its arguments in turn. */
  private void collect(
      CommandSpec command, List<String> before, String path, List<List<String>> commands) {
    Map<ArgSpec, List<String>> valid = valid(command);
    for (ArgSpec arg : valid.keySet()) {
      List<String> line = new ArrayList<>(before);
      valid.forEach(
          (other, words) -> {
            if (!other.equals(arg)) {
              line.addAll(words);
            } else {
              line.addAll(words.subList(0, words.size() - 1));
              line.add(path);
            }
          });
      commands.add(line);
    }
    List<String> own = new ArrayList<>(before);
    if (!before.isEmpty()) { // the main command has either a job or a subcommand
      valid.values().forEach(own::addAll);
    }
    command
        .subcommands()
        .forEach(
            (name, sub) -> {
              List<String> line = new ArrayList<>(own);
              line.add(name);
              collect(sub.getCommandSpec(), line, path, commands);
            });
  }

  /** Words for each argument that has a value: an option's name comes first. */
  private Map<ArgSpec, List<String>> valid(CommandSpec command) {
    Map<String, String> values = new TreeMap<>();
    values.put("JOB.yaml", QUICKSTART);
    values.put("key.path=value", "seed=1");
    values.put("OUTPUT", directory.toString());
    values.put("STEP", "7");
    values.put("DIR", directory.resolve("exported").toString());
    values.put("MODEL", "builtin:tiny");
    values.put("DTYPE", "auto");
    values.put("SIZE", "5GB");
    Map<ArgSpec, List<String>> valid = new LinkedHashMap<>();
    for (ArgSpec arg : command.args()) {
      if (arg.arity().max() == 0) {
        continue; // a switch
      }
      assertThat(values).as("a valid value").containsKey(arg.paramLabel());
      String value = values.get(arg.paramLabel());
      valid.put(
          arg,
          arg instanceof OptionSpec option ? List.of(option.longestName(), value) : List.of(value));
    }
    return valid;
  }

  @Test
  void everyKeyOfASpec(SparkSession spark) {
    List<String> stages = new ArrayList<>();
    for (Class<?> stage : StageSpec.class.getPermittedSubclasses()) {
      stages.add(StageSpec.name(stage));
    }
    String all = "stages=[{%s: {}}]".formatted(String.join(": {}}, {", stages));
    try (Planted watch = new Planted(spark.sparkContext().hadoopConfiguration())) {
      int tried = 0;
      for (String found : SpecKeys.all()) {
        String key = numbered(found, stages);
        boolean isPath = PATHS.contains(key.substring(key.lastIndexOf('.') + 1));
        List<String> values = new ArrayList<>();
        if (isPath) {
          values.addAll(Planted.PATHS);
          values.add("planted:anna:PLANTED@bucket");
        } else {
          values.add(Planted.PATHS.get(tried++ % Planted.PATHS.size()));
        }
        for (String value : values) {
          assertThat(run(List.of(QUICKSTART, all, key + "=" + value))).as(key).isEqualTo(2);
          assertThat(text())
              .as("%s = %s", key, value)
              .startsWith("Invalid job spec %s: %s is refused: the ".formatted(QUICKSTART, key))
              .contains(isPath ? "location carries a " : "text carries a ")
              .hasLineCount(1)
              .doesNotContain(Planted.SECRET, "anna");
        }
      }
      watch.requireUnseen();
    }
  }

  private static String numbered(String key, List<String> stages) {
    if (!key.startsWith("stages.N.")) {
      return key;
    }
    String stage = key.split("[.]", -1)[2];
    return key.replace(".N.", "." + stages.indexOf(stage) + ".");
  }

  @Test
  void aDefaultFileSystem(SparkSession spark) {
    var conf = spark.sparkContext().hadoopConfiguration();
    String before = conf.get("fs.defaultFS");
    try (Planted watch = new Planted(conf)) {
      conf.set("fs.defaultFS", "planted://anna:PLANTED@bucket");
      assertThat(run(List.of(QUICKSTART, "--dry-run"))).isEqualTo(2);
      assertThat(text())
          .startsWith("Cannot start: fs.defaultFS is refused: the planted: location carries a ")
          .hasLineCount(1)
          .doesNotContain(Planted.SECRET, "anna");
      watch.requireUnseen();
    } finally {
      conf.set("fs.defaultFS", before);
    }
  }

  private int run(List<String> command) {
    printed.reset();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    return SignalJob.execute(out, out, command.toArray(String[]::new));
  }

  private String text() {
    return printed.toString(StandardCharsets.UTF_8);
  }
}
