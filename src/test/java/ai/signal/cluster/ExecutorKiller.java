package ai.signal.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.TaskInfo;

/**
 * Ends executors of this application with SIGKILL at moments that a seed chooses, while a lane runs
 * there or soon after it. A kill counts if Spark then says that a lane was lost with the executor.
 * Added to the listeners behind its {@link LaneWatch}.
 */
final class ExecutorKiller extends SparkListener {
  private static final int MOST_LANES_BETWEEN = 4;
  private static final int MOST_MILLIS_INTO_A_LANE = 250;

  private final LaneWatch watch;
  private final int wanted;
  private final SplittableRandom random;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Set<String> killed = new HashSet<>();
  private Future<?> plan = CompletableFuture.completedFuture(null);
  private int lanesToSpare;

  /**
   * A killer.
   *
   * @param wanted kills that count, after which it rests
   */
  ExecutorKiller(LaneWatch watch, int wanted, long seed) {
    this.watch = watch;
    this.wanted = wanted;
    this.random = new SplittableRandom(seed);
    this.lanesToSpare = random.nextInt(MOST_LANES_BETWEEN);
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart event) {
    TaskInfo task = event.taskInfo();
    boolean ready = plan.isDone() && killed.stream().allMatch(watch::isRemoved);
    if (watch.isRunning(task) && ready && counted() < wanted && lanesToSpare-- <= 0) {
      int millis = random.nextInt(MOST_MILLIS_INTO_A_LANE);
      plan = timer.schedule(() -> kill(task.executorId()), millis, TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void kill(String executor) {
    killed.add(executor);
    process(executor).destroyForcibly();
    lanesToSpare = random.nextInt(MOST_LANES_BETWEEN);
  }

  private synchronized int counted() {
    return (int) killed.stream().filter(executor -> watch.lostOn(executor) > 0).count();
  }

  /** Kills that a lane died of, when all is over; fails if a kill failed. */
  int finish() throws ExecutionException, InterruptedException {
    plan.get();
    timer.shutdown();
    return counted();
  }

  private static ProcessHandle process(String executor) {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> commandLine(process).contains("\0--executor-id\0" + executor + "\0"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No process is executor " + executor));
  }

  private static String commandLine(ProcessHandle process) {
    try {
      // ProcessHandle.info shows no command line that is longer than a page.
      Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it ended meanwhile
    }
  }
}
