package ai.signal.cluster;

import ai.signal.SparkExtension;
import ai.signal.train.CrossEntropy;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.SparkSession;

/**
 * An application that trains on a cluster and perhaps loses executors.
 *
 * @param master local[n] or local-cluster[n,1,1024]
 * @param runs to train
 * @param together all runs at the same time, or one after the other
 * @param shuffle whether gradients are reduced over the shuffle, or collected
 * @param kills executors to kill while a lane runs there
 */
record Scenario(
    String master, List<Training.Spec> runs, boolean together, boolean shuffle, int kills) {
  private static final long KILLER_SEED = 5;

  Outcome run() throws IOException {
    return Application.run(Scenario.class, this, Outcome.class);
  }

  /** The settings of conf/standalone.conf, for executors of one core. */
  static Map<String, String> conf(boolean shuffle) throws IOException {
    Properties profile = new Properties();
    try (Reader file = Files.newBufferedReader(Path.of("conf", "standalone.conf"))) {
      profile.load(file);
    }
    Map<String, String> conf = new HashMap<>();
    profile.forEach((key, value) -> conf.put((String) key, (String) value));
    conf.put("spark.executor.cores", "1");
    conf.put("spark.executor.memory", "1g");
    conf.put("spark.executor.extraJavaOptions", Application.JVM_OPTIONS);
    conf.put(ReductionPath.SHUFFLE_ABOVE, shuffle ? "0b" : "1g");
    return conf;
  }

  public static void main(String[] args) throws IOException {
    Scenario scenario = Application.question(args, Scenario.class);
    Application.answer(scenario::outcome);
  }

  private Outcome outcome() throws Exception {
    SparkSession spark = SparkExtension.start(master, conf(shuffle));
    LaneWatch watch = new LaneWatch();
    ExecutorKiller killer = new ExecutorKiller(watch, kills, KILLER_SEED);
    spark.sparkContext().addSparkListener(watch);
    spark.sparkContext().addSparkListener(killer);
    List<Training.Result> results = train(new Training(spark));
    spark.stop();
    return watch.outcome(results, killer.finish());
  }

  private List<Training.Result> train(Training training) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(together ? runs.size() : 1);
    try {
      List<Callable<Training.Result>> all = new ArrayList<>();
      for (Training.Spec spec : runs) {
        all.add(() -> training.run(spec, step -> new CrossEntropy()));
      }
      List<Training.Result> results = new ArrayList<>();
      for (Future<Training.Result> result : threads.invokeAll(all)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdown();
    }
  }
}
