package ai.signal.job;

import ai.signal.client.SignalException;
import ai.signal.model.HostCache;
import ai.signal.storage.Refusal;
import ai.signal.storage.StoreProblem;
import ai.signal.storage.StoreProblem.Kind;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.SparkException;

/** A failure as one line for a person; the only place that makes one. */
final class Failures {
  private static final Pattern LOCATION = Pattern.compile("[a-z][a-z0-9]+://[^\\s,:()'\"]+");

  private Failures() {}

  /** What went wrong, without what Spark wraps around it. */
  static String line(Throwable failure) {
    return line(failure, Optional.empty());
  }

  /**
   * What went wrong and what to do about it.
   *
   * @param output of the job, of which a full disk may be
   */
  static String line(Throwable failure, Optional<String> output) {
    Optional<SparkProblem> spark = SparkProblem.in(failure);
    if (spark.isPresent()) {
      return spark.get().line();
    }
    Throwable cause = cause(failure);
    if (isOurs(cause)) {
      return first(cause.getMessage(), cause);
    }
    return StoreProblem.of(failure)
        .map(problem -> line(problem, failure, output))
        .or(() -> setting(cause).map(Throwable::getMessage))
        .orElseGet(() -> unknown(cause));
  }

  /**
   * Whether the user has to change what they wrote or named: exit status 2, otherwise 1. A store
   * that does not answer, a full disk and missing permissions happen while a job runs.
   */
  static boolean isOfTheUser(Throwable failure) {
    Optional<SparkProblem> spark = SparkProblem.in(failure);
    if (spark.isPresent()) {
      return spark.get().wrongCommand();
    }
    Optional<StoreProblem> store = StoreProblem.of(failure);
    if (store.isPresent()) {
      return store.get().kind() == Kind.COMMAND;
    }
    Throwable cause = cause(failure);
    return cause instanceof Refusal refusal
        ? refusal.isOfTheUser()
        : !isOurs(cause) && setting(cause).isPresent();
  }

  /** A setting of Spark's that a failure of a library names. */
  private static Optional<SparkStartException> setting(Throwable cause) {
    return new SparkSettings(SparkJob.conf()).laterRefusal(cause);
  }

  private static String line(StoreProblem problem, Throwable failure, Optional<String> output) {
    if (problem.kind() == Kind.FULL && problem.cause().equals("the disk is full")) {
      return "The disk of %s is full; %s".formatted(fullest(output), problem.mend());
    }
    if (problem.kind() == Kind.FULL || problem.kind() == Kind.FORBIDDEN) {
      return "Cannot use the disk: " + problem.line();
    }
    String where = location(failure).or(() -> output).map(" (%s)"::formatted).orElse("");
    return "Cannot reach the store: %s%s; %s".formatted(problem.cause(), where, problem.mend());
  }

  /** The store that a failure names. */
  private static Optional<String> location(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      Matcher location = LOCATION.matcher(String.valueOf(each.getMessage()));
      if (location.find() && !location.group().startsWith("http")) {
        return Optional.of(location.group());
      }
    }
    return Optional.empty();
  }

  /** Of the directories that a job writes on this machine, that with the least room. */
  private static String fullest(Optional<String> output) {
    List<Path> directories = new ArrayList<>();
    output
        .filter(Locations::isLocal)
        .map(Locations::local)
        .map(Path::of)
        .ifPresent(directories::add);
    for (String local : SparkJob.conf().get("spark.local.dir", "").split(",", -1)) {
      if (!local.isBlank()) {
        directories.add(Path.of(local));
      }
    }
    directories.add(Path.of(System.getProperty("java.io.tmpdir")));
    directories.add(HostCache.root());
    return directories.stream().min(Comparator.comparingLong(Failures::room)).get().toString();
  }

  private static long room(Path directory) {
    Path there = directory;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    File file = there == null ? directory.toFile() : there.toFile();
    return file.getUsableSpace();
  }

  private static String unknown(Throwable cause) {
    String said = first(SparkProblem.ofTask(String.valueOf(cause.getMessage())), cause);
    String kind = cause.getClass().getSimpleName();
    return cause.getMessage() == null
        ? "%s (--verbose shows where)".formatted(kind)
        : "%s (%s; --verbose shows where)".formatted(said, kind);
  }

  private static String first(String message, Throwable cause) {
    String line = message == null ? "" : message.lines().findFirst().orElse("").strip();
    return line.isEmpty() ? cause.getClass().getSimpleName() : line;
  }

  /** Whether a message was written for the person who runs the job. */
  private static boolean isOurs(Throwable cause) {
    return cause.getClass().getName().startsWith("ai.signal.");
  }

  /** Whether a failure is of a kind, or was caused by one. */
  static boolean isOf(Throwable failure, Class<? extends Throwable> kind) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (isWrapper(cause) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static boolean isWrapper(Throwable failure) {
    return failure instanceof SparkException
        || failure instanceof FSError
        || failure instanceof ExecutionException
        || failure instanceof CompletionException
        || failure instanceof InvocationTargetException
        || failure instanceof SignalException.Failed;
  }
}
