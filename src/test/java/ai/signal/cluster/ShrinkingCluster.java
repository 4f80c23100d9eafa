package ai.signal.cluster;

import ai.signal.SparkExtension;
import ai.signal.train.CrossEntropy;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * An application under dynamic allocation: a pause between two steps is long enough for Spark to
 * take executors away, and the next step brings new ones.
 *
 * @param spec the run to train
 */
record ShrinkingCluster(Training.Spec spec) {
  private static final int STEP_AFTER_THE_PAUSE = 3;

  Outcome run() throws IOException {
    return Application.run(ShrinkingCluster.class, this, Outcome.class);
  }

  public static void main(String[] args) throws IOException {
    ShrinkingCluster scenario = Application.question(args, ShrinkingCluster.class);
    Application.answer(scenario::outcome);
  }

  private Outcome outcome() throws IOException {
    Map<String, String> conf = Scenario.conf(true);
    conf.put("spark.dynamicAllocation.enabled", "true");
    conf.put("spark.dynamicAllocation.shuffleTracking.enabled", "true");
    conf.put("spark.dynamicAllocation.shuffleTracking.timeout", "1s");
    conf.put("spark.dynamicAllocation.executorIdleTimeout", "1s");
    conf.put("spark.dynamicAllocation.minExecutors", "0");
    SparkSession spark = SparkExtension.start("local-cluster[2,1,1024]", conf);
    LaneWatch watch = new LaneWatch();
    spark.sparkContext().addSparkListener(watch);
    Training.Result result =
        new Training(spark)
            .run(
                spec,
                step -> {
                  if (step == STEP_AFTER_THE_PAUSE) {
                    watch.awaitRemoval();
                  }
                  return new CrossEntropy();
                });
    spark.stop();
    return watch.outcome(List.of(result), 0);
  }
}
