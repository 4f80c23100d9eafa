package ai.signal.client;

import ai.signal.cluster.ClusterReport;
import ai.signal.cluster.Fingerprint;
import ai.signal.cluster.GpuOffer;
import ai.signal.cluster.LossLog;
import ai.signal.cluster.Preflight;
import ai.signal.cluster.RunJobs;
import ai.signal.cluster.SharedAdapter;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelSource;
import ai.signal.model.Tokenizer;
import ai.signal.storage.Location;
import ai.signal.train.Run;
import ai.signal.train.RunConfig;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way in for whoever does not wait: each operation gives its future at once. Those that take
 * time go on side by side, {@value #AT_ONCE} of them; the others begin when one of these is done.
 */
public final class AsyncSignalClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AsyncSignalClient.class);

  /** Operations at work at once. */
  public static final int AT_ONCE = 8;

  private final JavaSparkContext spark;
  private final OpenRuns runs = new OpenRuns();
  private final Workers workers = new Workers("signal-client", AT_ONCE);

  private AsyncSignalClient(JavaSparkContext spark) {
    this.spark = spark;
  }

  /** A client on a session, which stays the caller's. */
  public static AsyncSignalClient on(SparkSession spark) {
    LossLog.install(spark.sparkContext());
    return new AsyncSignalClient(JavaSparkContext.fromSparkContext(spark.sparkContext()));
  }

  /**
   * Starts a run: an adapter and its optimizer on the driver. The executors are looked at first;
   * they load the base model when they are asked to compute with it.
   *
   * @return a future that fails with a {@link ai.signal.model.ModelFormatException} as its cause
   *     when the base model or the initial adapter cannot be used, and with a {@link
   *     ai.signal.cluster.ClusterException} when executors cannot compute, differ, or lack the GPUs
   *     that the run needs
   */
  public SignalFuture<AsyncTrainingClient> createRun(RunConfig config) {
    return workers.submit("create_run", () -> create(config));
  }

  private AsyncTrainingClient create(RunConfig config) {
    ModelDirectory model = open(config);
    ClusterReport executors = executors(config);
    Optional<Fingerprint> alike = executors.agree(config.device(), config.allowMixed());
    Run run = new Run(spark, config, model, executors);
    return runs.add(new AsyncTrainingClient(spark, run, model, executors, alike, runs::remove));
  }

  private static ModelDirectory open(RunConfig config) {
    ModelDirectory model = ModelDirectory.open(ModelSource.resolve(config.base()));
    Tokenizer.tryOut(model.path(), List::of);
    model.note().ifPresent(LOG::warn);
    return model;
  }

  private ClusterReport executors(RunConfig config) {
    GpuOffer.of(spark.getConf()).check(config.device(), config.gpus());
    return Preflight.of(spark, config.name());
  }

  /**
   * A base model to sample from, with the adapter that {@code config.init()} names or with none.
   * Whoever asks for it closes it.
   *
   * @return a future that fails as that of {@link #createRun}
   */
  public SignalFuture<AsyncInferenceClient> inference(RunConfig config) {
    return workers.submit("inference", () -> pinned(config));
  }

  private AsyncInferenceClient pinned(RunConfig config) {
    ModelDirectory model = open(config);
    ClusterReport executors = executors(config);
    Optional<Fingerprint> alike = executors.agree(config.device(), config.allowMixed());
    try (Run run = new Run(spark, config, model, executors)) {
      SharedAdapter adapter =
          config.init().isPresent()
              ? run.adapter().retain()
              : SharedAdapter.none(spark, run.id(), model.config());
      Inference inference = Inference.of(spark, RunJobs.of(config.name(), run.id(), alike), run);
      return new AsyncInferenceClient(inference, adapter, model);
    }
  }

  /** The runs that are open, in the order in which they were created. */
  public SignalFuture<List<RunInfo>> runs() {
    return workers.answer(
        "runs", () -> runs.all().stream().map(AsyncTrainingClient::info).toList());
  }

  /**
   * An open run.
   *
   * @param idOrName its id, or a name that no other open run has
   */
  public SignalFuture<AsyncTrainingClient> run(String idOrName) {
    return workers.answer("run", () -> runs.find(idOrName));
  }

  /**
   * Closes a run as {@link AsyncTrainingClient#close} does, and takes it off the list.
   *
   * @param idOrName its id, or a name that no other open run has
   */
  public SignalFuture<Void> closeRun(String idOrName) {
    return workers.submit(
        "close_run",
        () -> {
          runs.find(idOrName).close();
          return null;
        });
  }

  /** The models that ship with Signal. */
  public SignalFuture<List<ModelInfo>> models() {
    return workers.submit(
        "models", () -> ModelSource.builtins().stream().map(ModelInfo::of).toList());
  }

  /**
   * A base model.
   *
   * @param base what {@link RunConfig#of} takes; one on another file system is copied to this host
   * @return a future that fails with a {@link ai.signal.model.ModelFormatException} as its cause
   *     when the model cannot be used
   */
  public SignalFuture<ModelInfo> modelInfo(String base) {
    Location.problem(base)
        .ifPresent(
            problem -> {
              throw new SignalException.Refused("model_info", problem, null);
            });
    return workers.submit("model_info", () -> ModelInfo.of(base));
  }

  /**
   * What has not begun is cancelled, what has is waited for; then the runs that are still open are
   * closed, not the Spark session. Called by a listener it does not wait.
   */
  @Override
  public void close() {
    workers.close(() -> runs.all().forEach(AsyncTrainingClient::close));
  }
}
