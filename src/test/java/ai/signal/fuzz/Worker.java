package ai.signal.fuzz;

import ai.signal.chat.ChatTemplateException;
import ai.signal.checkpoint.CheckpointException;
import ai.signal.data.DataException;
import ai.signal.model.ModelFormatException;
import ai.signal.spec.SpecException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The main class of the JVM that reads mutants. It says on standard output when it begins one and
 * how it ended; when it dies, the last one that began is to blame.
 */
final class Worker {
  /** Before each of its lines, since libraries print too. */
  static final String MARK = "@fuzz ";

  static final String BEGUN = "begun";
  static final String ACCEPTED = "accepted";
  static final String REFUSED = "refused";
  static final String RAW = "raw";

  /** What the command line shows as one line, with exit status 1 or 2. */
  private static final List<Class<? extends Exception>> OWN =
      List.of(
          ModelFormatException.class,
          ChatTemplateException.class,
          SpecException.class,
          SpecException.Value.class,
          DataException.class,
          CheckpointException.class);

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}]");
  private static final int LONGEST_MESSAGE = 4000;

  private final Path directory;
  private final PrintStream out;

  private Worker(Path directory, PrintStream out) {
    this.directory = directory;
    this.out = out;
  }

  /**
   * Arguments: a directory for the files, then ranges.
   *
   * @param args as {@link Range#toString} writes them after the first
   */
  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    System.setOut(System.err);
    Worker worker =
        new Worker(Path.of(args[0]), new PrintStream(out, true, StandardCharsets.UTF_8));
    for (String range : List.of(args).subList(1, args.length)) {
      worker.run(Range.parse(range));
    }
    Runtime.getRuntime().halt(0); // threads of libraries do not matter
  }

  private void run(Range range) throws IOException {
    Target target = Targets.named(range.target());
    for (int index = range.from(); index < range.to(); index++) {
      Map<String, byte[]> files = mutant(target, range.seed(), index);
      write(files, directory);
      say(BEGUN, target, index, "");
      try {
        target.use(directory);
        say(ACCEPTED, target, index, "");
      } catch (Throwable e) {
        String fault = fault(e);
        if (fault.isEmpty()) {
          say(REFUSED, target, index, e.getClass().getSimpleName());
        } else {
          say(RAW, target, index, fault);
          e.printStackTrace();
        }
      }
    }
  }

  static Map<String, byte[]> mutant(Target target, long seed, int index) throws IOException {
    SplittableRandom random =
        new SplittableRandom(seed * 1_000_003 + target.name().hashCode() * 31L + index);
    random.nextLong();
    return target.mutant(random);
  }

  /** Leaves no file of the mutant before. */
  static void write(Map<String, byte[]> files, Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      try (Stream<Path> old = Files.walk(directory)) {
        for (Path path : old.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    Files.createDirectories(directory);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
  }

  private void say(String what, Target target, int index, String detail) {
    out.println(
        MARK
            + what
            + " "
            + target.name()
            + " "
            + index
            + " "
            + CONTROL.matcher(detail).replaceAll("?"));
  }

  /**
   * What is wrong with a refusal: not Signal's own, or not one line for a person; empty if fine.
   */
  private static String fault(Throwable e) {
    String message = String.valueOf(e.getMessage());
    if (OWN.stream().noneMatch(own -> own.isInstance(e))) {
      String at =
          Stream.of(e.getStackTrace())
              .filter(frame -> frame.getClassName().startsWith("ai.signal."))
              .findFirst()
              .map(StackTraceElement::toString)
              .orElse("?");
      return e.getClass().getName() + ": " + cut(message) + " at " + at;
    }
    boolean says = e instanceof SpecException.Value || message.matches("(?s)(Cannot|Invalid) .+");
    if (!says || message.length() > LONGEST_MESSAGE || CONTROL.matcher(message).find()) {
      return "message: "
          + e.getClass().getSimpleName()
          + ": "
          + cut(message)
          + " ("
          + message.length()
          + ")";
    }
    return "";
  }

  private static String cut(String text) {
    return text.length() < 300 ? text : text.substring(0, 300) + "...";
  }
}
