package ai.signal.client;

import ai.signal.cluster.ClusterReport;
import ai.signal.cluster.Fingerprint;
import ai.signal.cluster.GpuOffer;
import ai.signal.cluster.LossLog;
import ai.signal.cluster.Preflight;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelSource;
import ai.signal.train.Run;
import ai.signal.train.RunConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The way in: creates runs on a Spark session, which stays the caller's.
 *
 * <pre>{@code
 * try (SignalClient signal = SignalClient.on(spark)) {
 *   TrainingClient run = signal.createRun(RunConfig.of("builtin:tiny").build());
 *   run.forwardBackward(batch, new CrossEntropy());
 *   run.optimStep(AdamW.of(1e-3));
 * }
 * }</pre>
 */
public final class SignalClient implements AutoCloseable {
  private final SparkSession spark;
  private final List<TrainingClient> runs = new ArrayList<>();

  private SignalClient(SparkSession spark) {
    this.spark = spark;
  }

  public static SignalClient on(SparkSession spark) {
    LossLog.install(spark.sparkContext());
    return new SignalClient(spark);
  }

  /**
   * Starts a run: an adapter and its optimizer on the driver. The executors are looked at first;
   * they load the base model when they are asked to compute with it.
   *
   * @throws ai.signal.model.ModelFormatException when the base model or the initial adapter cannot
   *     be used
   * @throws ai.signal.cluster.ClusterException when executors cannot compute, differ, or lack the
   *     GPUs that the run needs
   */
  public TrainingClient createRun(RunConfig config) {
    ModelDirectory model = ModelDirectory.open(ModelSource.resolve(config.base()));
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    GpuOffer.of(context.getConf()).check(config.device(), config.gpus());
    ClusterReport executors = Preflight.of(context, config.name());
    Optional<Fingerprint> alike = executors.agree(config.device(), config.allowMixed());
    Run run = new Run(context, config, model.config(), executors);
    TrainingClient client =
        new TrainingClient(new AsyncTrainingClient(context, run, model, executors, alike));
    runs.add(client);
    return client;
  }

  /** Closes the runs that are still open, not the Spark session. */
  @Override
  public void close() {
    runs.forEach(TrainingClient::close);
  }
}
