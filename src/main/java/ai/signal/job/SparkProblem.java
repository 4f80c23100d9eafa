package ai.signal.job;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A failure of Spark or of the JVM in the words of the person who can mend it.
 *
 * @param line what is wrong and what to do
 * @param wrongCommand whether the command line or a properties file is wrong, not the run
 */
record SparkProblem(String line, boolean wrongCommand) {
  private static final Pattern SMALL =
      Pattern.compile("(System|Executor) memory (\\d+) must be at least (\\d+)\\.");

  private static final Pattern SETTING =
      Pattern.compile("(spark\\.[\\w.]+ should be [\\w ]+, but was \\S+)");

  /** What Spark writes before the message of a task's own exception. */
  private static final Pattern TASK =
      Pattern.compile("^Job aborted due to stage failure: .*?\\(TID \\d+\\) \\(([^)]*)\\): (.*)");

  /** The problem that a failure or one of its causes tells of. */
  static Optional<SparkProblem> in(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      Optional<SparkProblem> problem = of(each);
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private static Optional<SparkProblem> of(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return memory(failure, message).or(() -> start(message)).or(() -> cluster(message));
  }

  /** A message of Spark without the words around the task's own. */
  static String ofTask(String message) {
    Matcher task = TASK.matcher(message);
    return task.find() ? task.group(2).replaceFirst("^[\\w.$]+\\.(\\w+: )", "$1") : message;
  }

  private static Optional<SparkProblem> memory(Throwable failure, String message) {
    boolean here = failure instanceof OutOfMemoryError;
    if (message.contains("unable to create native thread")) {
      return failed("The system allows no more threads; raise the limit: ulimit -u");
    }
    if (here || message.contains("java.lang.OutOfMemoryError")) {
      Matcher task = TASK.matcher(message);
      boolean executor = !here && task.find() && !task.group(1).endsWith("executor driver");
      return executor
          ? failed(
              "The heap of an executor is too small; give it more, such as --executor-memory 4g")
          : failed(
              "The driver's heap of %d MiB is too small; give it more, such as --driver-memory 4g"
                  .formatted(Runtime.getRuntime().maxMemory() >> 20));
    }
    if (message.contains("DefaultCPUAllocator") || message.contains("not enough memory: you")) {
      return failed(
          "The memory outside the heap is used up; lower tokens_per_microbatch, or set activation_checkpointing: true");
    }
    if (message.contains("CUDA out of memory")) {
      return failed(
          "The GPU's memory is used up; lower tokens_per_microbatch, or set activation_checkpointing: true");
    }
    return Optional.empty();
  }

  private static Optional<SparkProblem> start(String message) {
    Matcher small = SMALL.matcher(message);
    if (small.find()) {
      String whose = small.group(1).equals("System") ? "driver" : "executor";
      return wrong(
          "Cannot start Spark: the %s's heap of %d MiB is below the %d MiB that Spark needs; give it more: --%s-memory 2g"
              .formatted(
                  whose,
                  Long.parseLong(small.group(2)) >> 20,
                  Long.parseLong(small.group(3)) >> 20,
                  whose));
    }
    if (message.contains("Could not parse Master URL") || message.contains("Invalid master URL")) {
      return wrong(
          "Cannot start Spark: %s; allowed: local[N], local[*], spark://HOST:PORT, yarn, k8s://https://HOST:PORT"
              .formatted(message));
    }
    Matcher setting = SETTING.matcher(message);
    if (setting.find()) {
      return wrong("Cannot start Spark: " + setting.group(1));
    }
    if (message.startsWith("Size must be specified") || message.startsWith("Time must be")) {
      return wrong("Cannot start Spark: " + message.replaceAll("\\s+", " "));
    }
    return Optional.empty();
  }

  private static Optional<SparkProblem> cluster(String message) {
    if (message.contains("Cannot assign requested address")) {
      return failed(
          "Cannot start Spark: it cannot listen at this machine's address; set SPARK_LOCAL_IP, such as 127.0.0.1");
    }
    if (message.contains("Master is unresponsive")
        || message.contains("masters are unresponsive")) {
      return failed("Cannot start Spark: its master does not answer; check --master");
    }
    if (message.contains("ExecutorLostFailure") && message.contains("code 137")) {
      return failed(
          "Executors were killed (137), most often for memory; raise --executor-memory or spark.executor.memoryOverhead, or lower tokens_per_microbatch");
    }
    return Optional.empty();
  }

  private static Optional<SparkProblem> wrong(String line) {
    return Optional.of(new SparkProblem(line, true));
  }

  private static Optional<SparkProblem> failed(String line) {
    return Optional.of(new SparkProblem(line, false));
  }
}
