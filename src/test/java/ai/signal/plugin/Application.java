package ai.signal.plugin;

import ai.signal.SparkExtension;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.train.CrossEntropy;
import ai.signal.train.RunConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;

/** A Spark application of local mode with settings of its own. */
final class Application implements AutoCloseable {
  static final Map<String, String> PLUGIN =
      Map.of("spark.plugins", "ai.signal.cluster.SignalPlugin");

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern METRIC =
      Pattern.compile("(?m)^metrics_(\\w+)_Value\\{type=\"gauges\"\\} (\\S+)$");

  final SparkSession spark;
  final SignalClient signal;

  Application(Map<String, String> conf) {
    SparkExtension.stop();
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local[2]")
            .appName("plugin-tests")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.port", 0);
    conf.forEach(builder::config);
    spark = builder.getOrCreate();
    signal = SignalClient.on(spark);
  }

  TrainingClient run() {
    return signal.createRun(RunConfig.of("builtin:tiny").name("plugin").build());
  }

  /** A step's work without its update. */
  static void compute(TrainingClient run) {
    List<Example> batch =
        List.of(run.example("Nils has", " a hat."), run.example("Rosa has", " a red cup."));
    run.forwardBackward(batch, new CrossEntropy());
  }

  /** Spark jobs so far. */
  int jobs() {
    return spark.sparkContext().statusTracker().getJobIdsForGroup(null).length;
  }

  /** Waits for gauges on Spark's page for Prometheus; by their names behind the plugin's. */
  Map<String, Double> gauges(Predicate<Map<String, Double>> expected) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Map<String, Double> gauges = gauges();
      if (expected.test(gauges)) {
        return gauges;
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("Not in time: " + page());
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }

  private String page() throws IOException, InterruptedException {
    URI page = URI.create(spark.sparkContext().uiWebUrl().get() + "/metrics/prometheus/");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private Map<String, Double> gauges() throws IOException, InterruptedException {
    Map<String, Double> gauges = new TreeMap<>();
    for (MatchResult metric : METRIC.matcher(page()).results().toList()) {
      String[] name = metric.group(1).split("_ai_signal_cluster_SignalPlugin_", 2);
      if (name.length == 2) {
        gauges.put(name[1], Double.parseDouble(metric.group(2)));
      }
    }
    return gauges;
  }

  @Override
  public void close() {
    try {
      signal.close();
    } finally {
      spark.stop();
    }
  }
}
