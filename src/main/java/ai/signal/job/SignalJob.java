package ai.signal.job;

import ai.signal.cluster.GpuOffer;
import ai.signal.model.HadoopConf;
import ai.signal.monitor.JobListener;
import ai.signal.monitor.JobListeners;
import ai.signal.monitor.JobSummary;
import ai.signal.monitor.ProgressLines;
import ai.signal.monitor.ResultTable;
import ai.signal.monitor.Shown;
import ai.signal.monitor.StageLines;
import ai.signal.monitor.TerminalProgress;
import ai.signal.spec.Names;
import ai.signal.spec.SpecException;
import ai.signal.storage.Location;
import ai.signal.storage.UriCredentials;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Runs a job spec on Spark: the main class of the jar.
 *
 * <p>Exits with 0 when the job is done or there is nothing to do, 2 when the spec or the command
 * line is wrong, 1 when the job failed while running, and 130 or 143 when SIGINT or SIGTERM stopped
 * it.
 */
@Command(
    name = "submit.sh",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Fine-tunes a language model with LoRA on Spark, as a YAML job spec says.",
    subcommands = CheckpointsCommand.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./submit.sh jobs/quickstart.yaml",
      "  ./submit.sh --dry-run jobs/quickstart.yaml stages.1.train.steps=50 lora.rank=8",
      "  ./submit.sh --overwrite --master 'local[2]' jobs/quickstart.yaml",
      "",
      "Where it runs: --master URL (local[*] without it), --profile NAME for the settings of conf/NAME.conf:",
      "local, standalone, yarn, kubernetes. Other options of spark-submit go there, such as",
      "--conf spark.executor.memory=8g."
    })
public final class SignalJob implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(SignalJob.class);
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_SPEC = 2;

  @Option(names = "--dry-run", description = "Print the plan and start nothing.")
  private boolean dryRun;

  @Option(
      names = "--overwrite",
      description = "Replace what an earlier job wrote to the same output.")
  private boolean overwrite;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Show stack traces of failures.")
  private boolean verbose;

  @Parameters(
      index = "0",
      arity = "0..1", // a subcommand has none
      paramLabel = "JOB.yaml",
      description = "The job spec.")
  private String file;

  @Parameters(
      index = "1..*",
      paramLabel = "key.path=value",
      description = "Overrides of keys of the spec; a list's entries are numbered from 0.")
  private List<String> overrides = new ArrayList<>();

  @Spec private CommandSpec command;

  private final PrintStream out;
  private final PrintStream err;
  private final long start = System.nanoTime();
  private volatile JobRun run; // null before it begins

  SignalJob(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    System.exit(execute(out, err, args)); // libraries leave threads that would keep the JVM alive
  }

  /** The command without the end of the process. */
  static int execute(PrintStream out, PrintStream err, String... args) {
    SignalJob job = new SignalJob(out, err);
    CommandLine line =
        new CommandLine(job)
            .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
            .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
            .setParameterExceptionHandler(SignalJob::wrong);
    StopHook hook;
    try {
      hook = new StopHook(job::stopped);
    } catch (JobStoppedException e) {
      return FAILED; // the signal decides the exit status
    }
    try {
      return line.execute(args);
    } finally {
      hook.close();
    }
  }

  /** One line, without the usage that picocli adds and without credentials in what was given. */
  private static int wrong(ParameterException e, String[] args) {
    String message = shown(e.getMessage(), args).replaceAll("\\R", " ");
    String near =
        e instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions().stream()
                .findFirst()
                .map(", did you mean '%s'?"::formatted)
                .orElse("")
            : "";
    String help =
        "; %s --help shows what is allowed"
            .formatted(e.getCommandLine().getCommandSpec().qualifiedName(" "));
    e.getCommandLine().getErr().println(message + near + (message.contains("efused") ? "" : help));
    return WRONG_SPEC;
  }

  /** A message without arguments that carry credentials, or what follows their {@code =}. */
  private static String shown(String message, String... args) {
    String shown = message;
    for (String arg : args) {
      String value = arg.substring(arg.indexOf('=') + 1);
      for (String secret : List.of(arg, value)) {
        if (UriCredentials.in(secret).isPresent()) {
          shown = shown.replace(secret, "***");
        }
      }
    }
    return UriCredentials.redacted(shown);
  }

  /** A signal came while no run could tell of it: before there is one, or after its end. */
  private void stopped() {
    JobRun started = run;
    Optional<String> culprit = SparkStart.exited();
    if (culprit.isPresent()) {
      err.printf(
          "Cannot start Spark: its class %s ended this process; --verbose shows what Spark says%n",
          culprit.get());
    } else if (started == null || !started.hooked()) {
      err.println("stopped by a signal before the first step; the same command starts again");
    }
  }

  @Override
  public Integer call() {
    if (file == null) {
      throw new ParameterException(
          command.commandLine(), "Missing required parameter: 'JOB.yaml', or a command");
    }
    Optional<String> output = Optional.empty();
    try {
      JobSpec spec = SpecReader.read(spec(), overrides);
      requireCleanDefault();
      output = Optional.of(spec.output());
      return checked(spec);
    } catch (SpecException e) {
      err.println(e.getMessage());
      return WRONG_SPEC;
    } catch (SpecException.Value e) {
      err.println("Invalid job spec %s: %s".formatted(file, e.getMessage()));
      return WRONG_SPEC;
    } catch (JobStoppedException e) {
      return FAILED; // the hook has told what became of it
    } catch (Throwable e) { // an OutOfMemoryError, and what Spark throws undeclared, included
      return failed("Job failed: ", e, output);
    }
  }

  /** The file of the spec, which Java's own message would repeat where it is refused. */
  private Path spec() {
    Optional<String> problem = Location.problem(file);
    if (problem.isPresent()) {
      throw new SpecException("Cannot read job spec: " + problem.get());
    }
    Location location = Location.of("Cannot read job spec", file);
    Optional<String> store = location.scheme().filter(scheme -> !scheme.equals("file"));
    if (store.isPresent()) {
      throw new SpecException(
          "Cannot read job spec %s: it is in a store (%s:), allowed: a file of this machine; copy it here"
              .formatted(file, store.get()));
    }
    try {
      return location.local();
    } catch (IllegalArgumentException e) {
      throw new SpecException("Cannot read job spec %s: %s".formatted(file, e.getMessage()));
    }
  }

  /** Spark shows the default file system on its pages. */
  private static void requireCleanDefault() {
    try {
      Location.requireCleanDefault("Cannot start", HadoopConf.current());
    } catch (IllegalArgumentException e) {
      throw new SpecException(e.getMessage());
    }
  }

  /**
   * Prints a failure as one line.
   *
   * @return the exit status
   */
  int failed(String prefix, Throwable failure, Optional<String> output) {
    if (StopHook.isStopping()) {
      return FAILED; // Spark stopped under the job: the signal is the cause, and its hook tells so
    }
    if (verbose) {
      LOG.error("{}{}", prefix, failure.getMessage(), failure);
    }
    boolean wrong = Failures.isOfTheUser(failure);
    err.println((wrong ? "" : prefix) + Failures.line(failure, output));
    return wrong ? WRONG_SPEC : FAILED;
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  private int checked(JobSpec given) throws IOException {
    SparkCores.require(SparkJob.conf());
    SignalSettings.require(SparkJob.conf());
    Preflight.locations(given);
    InputsOutside.check(given);
    JobModel model = JobModel.of(given);
    GpuOffer offer = GpuOffer.of(SparkJob.conf());
    JobSpec spec = given.resolve(model.config(), offer);
    Preflight.check(spec, model, offer);
    OutputAccess.requireDirectory(spec.output());
    TokenizerCheck.check(spec, model);
    InputHeads.check(spec);
    if (dryRun) {
      Plan.of(spec, model).forEach(out::println);
      return DONE;
    }
    if (Locations.isLocal(spec.output())) {
      // Found out before Spark starts; elsewhere only Spark knows the way and the credentials.
      try (OutputDirectory output = OutputDirectory.open(spec.output(), new Configuration())) {
        if (todo(output, spec, model) == OutputState.Todo.NOTHING) {
          return nothingToDo(spec, output);
        }
      }
      OutputAccess.requireWritable(spec.output());
    }
    return SparkJob.run(spec, (job, ready) -> onSpark(job, model, ready));
  }

  private OutputState.Todo todo(OutputDirectory output, JobSpec spec, JobModel model)
      throws IOException {
    OutputState.Todo todo = OutputState.todo(output, spec, OutputNames.of(spec, model), overwrite);
    if (todo == OutputState.Todo.BEGIN && output.hasResults()) {
      Plan.of(spec, model); // nothing is replaced before every check of a dry run has passed
    }
    return todo;
  }

  private int onSpark(JobSpec spec, JobModel model, SparkJob.Ready ready) throws IOException {
    OutputState.Todo todo = todo(ready.output(), spec, model);
    if (todo == OutputState.Todo.NOTHING) {
      return nothingToDo(spec, ready.output());
    }
    out.printf(
        "%s · %s in %s · %s%n",
        spec.name(),
        spec.model().base(),
        Names.of(spec.model().dtype()),
        ready.spark().sparkContext().master());
    run = new JobRun(spec, model, ready.output(), todo == OutputState.Todo.RESUME, view(), start);
    JobSummary summary = run.run(ready.spark());
    out.println();
    ResultTable.lines(run.history()).forEach(out::println);
    out.printf(
        "%n%s in %s · %s%n",
        summary.status(), Shown.duration(summary.seconds()), Locations.shown(spec.output()));
    return DONE;
  }

  private int nothingToDo(JobSpec spec, OutputDirectory output) throws IOException {
    out.printf(
        "nothing_to_do: %s holds this job, finished; --overwrite runs it again%n",
        Locations.shown(spec.output()));
    try {
      OutputState.noteNothingToDo(output);
    } catch (IOException e) { // as where the output was made read-only: nothing is lost
      out.printf("summary.json does not say so: %s%n", e.getMessage());
    }
    return DONE;
  }

  private JobListener view() {
    Optional<Integer> columns = Terminal.columns();
    JobListener progress =
        columns.isPresent()
            ? new TerminalProgress(out, columns.get())
            : new ProgressLines(out, Duration.ofSeconds(3), System::nanoTime);
    return new JobListeners(List.of(new StageLines(out), progress));
  }
}
