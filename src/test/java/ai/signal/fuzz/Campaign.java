package ai.signal.fuzz;

import ai.signal.ChildJvm;
import ai.signal.fuzz.Figures.Finding;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Has mutants read in a JVM of its own, watches it, and starts another after each that a mutant
 * ended.
 */
final class Campaign {
  private static final long LIMIT_SECONDS = 20;
  private static final long START_SECONDS = 60;

  /** A mutant after which the JVM had no memory ends it at once, wherever the error is caught. */
  private static final List<String> OPTIONS =
      List.of(
          "-Xmx256m",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:-CreateCoredumpOnCrash",
          "-XX:TieredStopAtLevel=1",
          "-Djava.awt.headless=true");

  private static final int OUT_OF_MEMORY = 3;
  private static final String END = "end";

  private final Path work;
  private final Map<String, Figures> figures = new LinkedHashMap<>();
  private final Deque<Range> left = new ArrayDeque<>();

  private Campaign(List<Range> ranges, Path work) {
    this.work = work;
    ranges.forEach(
        range -> {
          figures.computeIfAbsent(range.target(), Figures::new);
          left.add(range);
        });
  }

  /**
   * Runs all ranges.
   *
   * @param work for the files of mutants and the logs of JVMs
   */
  static List<Figures> run(List<Range> ranges, Path work) throws IOException, InterruptedException {
    Campaign campaign = new Campaign(ranges, work);
    while (!campaign.left.isEmpty()) {
      campaign.child();
    }
    return List.copyOf(campaign.figures.values());
  }

  /** One JVM, to its end or to the mutant that ended it. */
  private void child() throws IOException, InterruptedException {
    Process child = start();
    BlockingQueue<String> lines = lines(child);
    try {
      int mutant = -1;
      long begun = 0;
      while (true) {
        String line = lines.poll(mutant < 0 ? START_SECONDS : LIMIT_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
          child.destroyForcibly().waitFor();
          blame(mutant, Finding.HANG, "over " + LIMIT_SECONDS + " s");
          return;
        }
        if (line.equals(END)) {
          ended(child.waitFor(), mutant);
          return;
        }
        String[] parts = line.split(" ", 4);
        int index = Integer.parseInt(parts[2]);
        if (parts[0].equals(Worker.BEGUN)) {
          next(parts[1], index);
          mutant = index;
          begun = System.nanoTime();
        } else {
          done(parts, (System.nanoTime() - begun) / 1_000_000);
        }
      }
    } finally {
      child.destroyForcibly();
    }
  }

  private Process start() throws IOException {
    List<String> options = new ArrayList<>(OPTIONS);
    options.add("-XX:ErrorFile=" + work.resolve("hs_err_%p.log"));
    List<String> args = new ArrayList<>();
    args.add(work.resolve("mutant").toString());
    left.forEach(range -> args.add(range.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(
            ChildJvm.command(options, Worker.class.getName(), args.toArray(String[]::new)));
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder
        .redirectError(ProcessBuilder.Redirect.appendTo(work.resolve("worker.log").toFile()))
        .start();
  }

  private static BlockingQueue<String> lines(Process child) {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader out =
                  new BufferedReader(
                      new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                out.lines()
                    .filter(line -> line.startsWith(Worker.MARK))
                    .forEach(line -> lines.add(line.substring(Worker.MARK.length())));
              } catch (IOException | RuntimeException e) {
                // the pipe broke with its process
              }
              lines.add(END);
            },
            "fuzz-lines");
    reader.setDaemon(true);
    reader.start();
    return lines;
  }

  /** The ranges before a mutant are done. */
  private void next(String target, int index) {
    while (!left.getFirst().target().equals(target) || left.getFirst().to() <= index) {
      left.removeFirst();
    }
    Range range = left.removeFirst();
    left.addFirst(new Range(target, range.seed(), index, range.to()));
  }

  private void done(String[] parts, long millis) {
    Figures figure = figures.get(parts[1]);
    figure.took(millis, mutant(Integer.parseInt(parts[2])));
    switch (parts[0]) {
      case Worker.ACCEPTED -> figure.addAccepted();
      case Worker.REFUSED -> figure.addRefused();
      default -> {
        boolean memory = parts[3].startsWith("java.lang.OutOfMemoryError");
        figure.found(
            memory ? Finding.OUT_OF_MEMORY : Finding.RAW_EXCEPTION,
            mutant(Integer.parseInt(parts[2])) + " " + parts[3]);
      }
    }
  }

  private void ended(int status, int mutant) {
    if (status == 0) {
      left.clear();
    } else {
      blame(
          mutant,
          status == OUT_OF_MEMORY ? Finding.OUT_OF_MEMORY : Finding.CRASH,
          "exit status " + status);
    }
  }

  private void blame(int mutant, Finding finding, String what) {
    if (mutant < 0) {
      throw new AssertionError(
          "The JVM that reads mutants does not start: %s (%s)"
              .formatted(what, work.resolve("worker.log")));
    }
    Range range = left.removeFirst();
    figures
        .get(range.target())
        .found(finding, range.target() + ":" + range.seed() + ":" + mutant + " " + what);
    if (!range.after(mutant).isEmpty()) {
      left.addFirst(range.after(mutant));
    }
  }

  private String mutant(int index) {
    Range range = left.getFirst();
    return range.target() + ":" + range.seed() + ":" + index;
  }
}
