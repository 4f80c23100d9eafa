package ai.signal;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a main class in a JVM of its own, with this JVM's class path and options. */
public final class ChildJvm {
  private static final long TIMEOUT_SECONDS = 900;

  private ChildJvm() {}

  /**
   * What {@code main} prints on standard output.
   *
   * @throws AssertionError if it does not end with status 0 in time; the message has what it logged
   */
  public static String run(Class<?> main, String... args) throws IOException {
    return run(Map.of(), List.of(), main, args);
  }

  /**
   * The same with settings of its own.
   *
   * @param environment added to this process's
   * @param options behind those of this JVM
   */
  public static String run(
      Map<String, String> environment, List<String> options, Class<?> main, String... args)
      throws IOException {
    Ended child = end(environment, options, main, args);
    if (child.status != 0) {
      throw new AssertionError(main + " ended with " + child.status + "\n" + child.log);
    }
    return child.out;
  }

  /**
   * How a process ended.
   *
   * @param status 0, or 128 and the signal that ended it
   * @param out what it printed on standard output
   * @param log what it printed on standard error
   */
  public record Ended(int status, String out, String log) {}

  /** The same for one that may end in any way. */
  public static Ended end(
      Map<String, String> environment, List<String> options, Class<?> main, String... args)
      throws IOException {
    List<String> command = command(options, main.getName(), args);
    Path log = Files.createTempFile("child", ".log");
    Path out = Files.createTempFile("child", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectError(log.toFile()).redirectOutput(out.toFile());
      builder.environment().putAll(environment);
      Process child = builder.start();
      if (!child.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        List<ProcessHandle> tree = child.descendants().toList();
        child.destroyForcibly();
        tree.forEach(ProcessHandle::destroyForcibly);
        throw new AssertionError(main + " runs for too long\n" + Files.readString(log));
      }
      return new Ended(
          child.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(log, StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while " + main + " ran", e);
    } finally {
      Files.deleteIfExists(log);
      Files.deleteIfExists(out);
    }
  }

  /** A command line with this JVM's class path and options, and more options behind them. */
  public static List<String> command(List<String> options, String main, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(args));
    return command;
  }
}
