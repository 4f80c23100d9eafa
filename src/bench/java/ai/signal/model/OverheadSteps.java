package ai.signal.model;

import ai.signal.cluster.ClusterReport;
import ai.signal.cluster.Preflight;
import ai.signal.data.Example;
import ai.signal.lora.LoraConfig;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.Normalization;
import ai.signal.train.OptimStepResult;
import ai.signal.train.Run;
import ai.signal.train.RunConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** The steps of an {@link OverheadBenchmark}, in a JVM of their own. */
final class OverheadSteps {
  static final String HEADER =
      "master                     values  lanes  overhead ms  of it optim_step  compute ms  CPU ms  empty job ms  driver MB";

  private OverheadSteps() {}

  /** Steps until the JVM has compiled what a step needs: fewer where each has many values. */
  private static int warmUp(int size) {
    return (int) Math.max(5, Math.min(150, 600_000_000L / size));
  }

  public static void main(String[] args) throws TimeoutException {
    Path model = Path.of(args[0]);
    int lanes = Integer.parseInt(args[3]);
    int steps = Integer.parseInt(args[4]);
    SparkConf conf =
        new SparkConf()
            .setMaster(args[1])
            .setAppName("overhead")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.broadcast.compress", "false")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    Arrays.stream(args)
        .skip(5)
        .map(setting -> setting.split("=", 2))
        .forEach(setting -> conf.set(setting[0], setting[1]));
    ModelDirectory base = ModelDirectory.open(model);
    int rank = (int) Math.round(Double.parseDouble(args[2]) * 1e6 / sizeOfRank1(base.config()));
    RunConfig run =
        RunConfig.of(model.toString())
            .lora(new LoraConfig(rank, rank, 0, List.of("all-linear")))
            .lanes(lanes)
            .build();
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      ClusterReport executors = Preflight.of(spark, "overhead");
      System.out.println(
          measure(spark, new Run(spark, run, base, executors), args[1], lanes, steps));
    }
    System.exit(0); // libtorch's threads would keep the JVM
  }

  private static int sizeOfRank1(ModelConfig config) {
    int hidden = config.hiddenSize();
    return config.layers()
        * (2 * (hidden + config.queryWidth())
            + 2 * (hidden + config.kvWidth())
            + 3 * (hidden + config.intermediateSize()));
  }

  private static String measure(
      JavaSparkContext spark, Run run, String master, int lanes, int steps)
      throws TimeoutException {
    List<Example> batch = batch(lanes);
    int warmUp = warmUp(run.layout().size());
    double[] overheads = new double[steps];
    double[] updates = new double[steps];
    double[] computes = new double[steps];
    Received received = new Received();
    double cpu = 0;
    for (int i = -warmUp; i < steps; i++) {
      if (i == 0) {
        spark.sc().listenerBus().waitUntilEmpty(60_000);
        spark.sc().addSparkListener(received);
        cpu = cpuMillis();
      }
      long start = System.nanoTime();
      ForwardBackwardResult gradient = run.forwardBackward("step", batch, new CrossEntropy());
      OptimStepResult update = run.optimStep(AdamW.of(1e-4).withGradClip(1), Normalization.MEAN);
      double seconds = (System.nanoTime() - start) / 1e9;
      if (i >= 0) {
        overheads[i] = 1e3 * (seconds - gradient.seconds().compute());
        updates[i] = 1e3 * update.seconds();
        computes[i] = 1e3 * gradient.seconds().compute();
      }
    }
    spark.sc().listenerBus().waitUntilEmpty(60_000);
    cpu = (cpuMillis() - cpu) / steps;
    double megabytes = received.bytes.get() / 1e6 / steps;
    double[] empty = new double[steps];
    for (int i = -warmUp; i < steps; i++) {
      long start = System.nanoTime();
      spark.parallelize(List.of(1, 2), 2).map(x -> x).collect();
      if (i >= 0) {
        empty[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    return String.format(
        "%-24s %8.1fM  %5d  %4.0f (%4.0f)  %16.0f  %10.0f  %6.0f  %12.0f  %9.1f",
        master,
        run.layout().size() / 1e6,
        lanes,
        median(overheads),
        Arrays.stream(overheads).min().orElseThrow(),
        median(updates),
        median(computes),
        cpu,
        median(empty),
        megabytes);
  }

  private static List<Example> batch(int lanes) {
    SplittableRandom random = new SplittableRandom(1);
    List<Example> batch = new ArrayList<>();
    for (int i = 0; i < lanes; i++) {
      int[] tokens = random.ints(4, 0, 905).toArray();
      batch.add(new Example("example-" + i, tokens, tokens, new float[] {1, 1, 1, 1}));
    }
    return batch;
  }

  /** Of task results, as Spark counts them. */
  private static final class Received extends SparkListener {
    final AtomicLong bytes = new AtomicLong();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      bytes.addAndGet(end.taskMetrics().resultSize());
    }
  }

  /** Of this process and its executors. */
  private static double cpuMillis() {
    ProcessHandle self = ProcessHandle.current();
    return Stream.concat(Stream.of(self), self.descendants())
        .mapToDouble(process -> process.info().totalCpuDuration().orElseThrow().toNanos() / 1e6)
        .sum();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
