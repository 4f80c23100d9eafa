package ai.signal.job;

import ai.signal.SparkExtension;
import ai.signal.train.Reward;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;

/** A job in a process that gets a signal when a certain task starts, or from its reward. */
final class Signalled {
  private Signalled() {}

  /**
   * Runs it.
   *
   * @param args the master; a signal's name; when it comes: a number of tasks, or the end of a
   *     Spark job's description; and the job's arguments
   */
  public static void main(String[] args) {
    SparkSession spark = SparkExtension.start(args[0]);
    int at = args[2].matches("[0-9]+") ? Integer.parseInt(args[2]) : -1;
    spark
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              private int left = at;

              @Override
              public void onJobStart(SparkListenerJobStart job) {
                String description = job.properties().getProperty("spark.job.description", "");
                if (description.endsWith(args[2])) {
                  send(args[1]);
                }
              }

              @Override
              public void onTaskStart(SparkListenerTaskStart task) {
                if (left-- == 0) {
                  send(args[1]);
                }
              }
            });
    int status =
        SignalJob.execute(System.out, System.err, Arrays.copyOfRange(args, 3, args.length));
    System.exit(status);
  }

  private static void send(String signal) {
    try {
      String pid = Long.toString(ProcessHandle.current().pid());
      new ProcessBuilder("kill", "-" + signal, pid).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The share of a letter; at a call that a system property names, SIGTERM, and no answer. */
  public static final class Stuck implements Reward {
    static final String CALL = "signal.test.stuck";
    private static final AtomicInteger CALLS = new AtomicInteger();

    @Override
    public double of(String prompt, String completion, Optional<String> reference) {
      if (CALLS.incrementAndGet() == Integer.getInteger(CALL, -1)) {
        send("TERM");
        try {
          Thread.currentThread().join(); // for ever
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      return completion.chars().filter(c -> c == 'e').count() / (completion.length() + 1.0);
    }
  }
}
