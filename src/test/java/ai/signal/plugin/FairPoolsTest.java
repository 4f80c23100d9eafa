package ai.signal.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.RunConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.junit.jupiter.api.Test;

/** Two runs on one session. */
class FairPoolsTest {
  private static final String POOL = "spark.scheduler.pool";
  private static final int STEPS = 4;

  /** Pools in the order in which their jobs ended. */
  private static final class Watch extends SparkListener {
    final List<String> ended = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch taskStarted = new CountDownLatch(1);
    private final Map<Integer, String> pools = new java.util.concurrent.ConcurrentHashMap<>();

    @Override
    public void onJobStart(SparkListenerJobStart job) {
      pools.put(job.jobId(), job.properties().getProperty(POOL, "default"));
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart task) {
      taskStarted.countDown();
    }

    @Override
    public void onJobEnd(SparkListenerJobEnd job) {
      ended.add(pools.get(job.jobId()));
    }
  }

  @Test
  void aSmallRunTakesItsTurnsWhileALargeOneIsBusy() throws Exception {
    try (Application app = new Application(Map.of("spark.scheduler.mode", "FAIR"))) {
      SparkContext spark = app.spark.sparkContext();
      TrainingClient large =
          app.signal.createRun(RunConfig.of("builtin:tiny").name("large").lanes(48).build());
      TrainingClient small =
          app.signal.createRun(RunConfig.of("builtin:tiny").name("small").lanes(1).build());
      step(small, batch(small, 1)); // the model is loaded
      spark.setLocalProperty(POOL, "of the caller");
      Watch watch = new Watch();
      spark.addSparkListener(watch);

      CompletableFuture<Void> busy =
          CompletableFuture.runAsync(() -> step(large, batch(large, 96)));
      watch.taskStarted.await();
      for (int i = 0; i < STEPS; i++) {
        step(small, batch(small, 1));
      }
      busy.join();
      spark.listenerBus().waitUntilEmpty();

      assertThat(watch.ended).hasSize(STEPS + 1);
      assertThat(watch.ended.subList(0, STEPS))
          .as("jobs that ended before the large one")
          .allMatch(pool -> pool.startsWith("small-"));
      assertThat(watch.ended.get(STEPS)).startsWith("large-");
      assertThat(spark.getLocalProperty(POOL)).isEqualTo("of the caller");
    }
  }

  @Test
  void runsOfOneNameHavePoolsOfTheirOwn() throws Exception {
    try (Application app = new Application(Map.of("spark.scheduler.mode", "FAIR"))) {
      Watch watch = new Watch();
      TrainingClient first = app.run();
      TrainingClient second = app.run();
      app.spark.sparkContext().addSparkListener(watch);
      CompletableFuture.allOf(
              CompletableFuture.runAsync(() -> steps(first)),
              CompletableFuture.runAsync(() -> steps(second)))
          .join();
      app.spark.sparkContext().listenerBus().waitUntilEmpty();

      List<String> pools = watch.ended;
      assertThat(pools.stream().distinct()).hasSize(2).allMatch(pool -> pool.startsWith("plugin-"));
      for (String pool : List.copyOf(pools.stream().distinct().toList())) {
        assertThat(Collections.frequency(pools, pool)).isEqualTo(STEPS);
        assertThat(pools.subList(pools.indexOf(pool), pools.lastIndexOf(pool) + 1))
            .as("the other run's jobs end in between")
            .hasSizeGreaterThan(STEPS);
      }
    }
  }

  private static void steps(TrainingClient run) {
    for (int i = 0; i < STEPS; i++) {
      step(run, batch(run, 2));
    }
  }

  private static void step(TrainingClient run, List<Example> batch) {
    run.forwardBackward(batch, new CrossEntropy());
    run.optimStep(AdamW.of(1e-3));
  }

  private static List<Example> batch(TrainingClient run, int examples) {
    return Collections.nCopies(examples, run.example("Nils has ", "a red hat and ".repeat(20)));
  }
}
