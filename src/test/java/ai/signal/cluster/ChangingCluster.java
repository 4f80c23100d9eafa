package ai.signal.cluster;

import ai.signal.SparkExtension;
import ai.signal.train.CrossEntropy;
import ai.signal.train.Loss;
import ai.signal.train.LossInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;

/**
 * An application on a standalone cluster with two workers, one of which comes to a stop in the
 * middle of a lane, so that Spark starts a speculative copy on the other; later a third worker
 * joins.
 *
 * @param spec the run to train
 * @param shuffle whether gradients are reduced over the shuffle, or collected
 */
record ChangingCluster(Training.Spec spec, boolean shuffle) {
  static final String FAST = "127.0.0.2";
  static final String SLOW = "127.0.0.3";
  static final String LATE = "127.0.0.4";
  private static final int SLOW_STEP = 1;
  private static final int JOINING_STEP = 3;

  Outcome run() throws IOException {
    return Application.run(ChangingCluster.class, this, Outcome.class);
  }

  /**
   * Cross entropy that takes, on one host, until it gets a lock.
   *
   * @param lock a file that the driver has locked
   */
  private record Slow(String host, String lock) implements Loss {
    @Override
    public String name() {
      return new CrossEntropy().name();
    }

    @Override
    public Output apply(LossInput input) {
      if (SparkEnv.get().blockManager().blockManagerId().host().equals(host)) {
        try (FileChannel file = FileChannel.open(Path.of(lock), StandardOpenOption.WRITE)) {
          file.lock().release();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return new CrossEntropy().apply(input);
    }
  }

  public static void main(String[] args) throws IOException {
    ChangingCluster scenario = Application.question(args, ChangingCluster.class);
    Application.answer(scenario::outcome);
  }

  private Outcome outcome() throws IOException {
    Map<String, String> conf = Scenario.conf(shuffle);
    conf.put("spark.speculation", "true");
    conf.put("spark.speculation.quantile", "0.5");
    try (StandaloneCluster cluster = StandaloneCluster.start()) {
      cluster.addWorker(FAST);
      cluster.addWorker(SLOW);
      SparkSession spark = SparkExtension.start(cluster.master(), conf);
      LaneWatch watch = new LaneWatch();
      spark.sparkContext().addSparkListener(watch);
      watch.awaitExecutorOn(FAST);
      watch.awaitExecutorOn(SLOW);
      Training.Result result = new Training(spark).run(spec, step -> lossOf(step, cluster, watch));
      spark.stop();
      return watch.outcome(List.of(result), 0);
    }
  }

  private static Loss lossOf(int step, StandaloneCluster cluster, LaneWatch watch) {
    if (step == JOINING_STEP) {
      cluster.addWorker(LATE);
      watch.awaitExecutorOn(LATE);
    }
    return step == SLOW_STEP ? slowUntilCopied(watch) : new CrossEntropy();
  }

  private static Loss slowUntilCopied(LaneWatch watch) {
    try {
      Path file = Files.createTempFile(Path.of("target"), "slow", ".lock").toAbsolutePath();
      FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
      channel.lock();
      new Thread(
              () -> {
                watch.awaitCopyUsed();
                release(channel);
              },
              "copy-awaited")
          .start();
      return new Slow(SLOW, file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void release(FileChannel locked) {
    try {
      locked.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
