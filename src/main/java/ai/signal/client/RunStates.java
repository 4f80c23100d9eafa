package ai.signal.client;

import ai.signal.checkpoint.RunIdentity;
import ai.signal.cluster.ClusterReport;
import ai.signal.cluster.Fingerprint;
import ai.signal.cluster.RunJobs;
import ai.signal.cluster.SharedAdapter;
import ai.signal.lora.PeftAdapter;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelIdentity;
import ai.signal.spec.Names;
import ai.signal.train.Run;
import ai.signal.train.RunConfig;
import ai.signal.train.RunState;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What a run publishes of itself, and takes back: one after the other, since a directory of
 * checkpoints has one writer at a time.
 */
final class RunStates implements AutoCloseable {
  /** Saves that wait or are written; each keeps a copy of the run. */
  private static final int AT_ONCE = 2;

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Workers.daemons("signal-save"));
  private final Semaphore copies = new Semaphore(AT_ONCE);
  private final ExecutorService merging = // of large models, which nothing else waits for
      Executors.newSingleThreadExecutor(Workers.daemons("signal-merge"));
  private final JavaSparkContext spark;
  private final RunJobs jobs;
  private final Configuration conf;
  private final Run run;
  private final ModelDirectory model;
  private final ClusterReport executors;
  private final GradientState gradient;

  RunStates(
      JavaSparkContext spark,
      RunJobs jobs,
      Run run,
      ModelDirectory model,
      ClusterReport executors,
      GradientState gradient) {
    this.spark = spark;
    this.jobs = jobs;
    this.conf = spark.hadoopConfiguration();
    this.run = run;
    this.model = model;
    this.executors = executors;
    this.gradient = gradient;
  }

  /**
   * Saves the run as it is now, whatever becomes of it meanwhile; waits first while others are
   * being saved.
   */
  CompletableFuture<SavedState> save(SaveMode mode, String path) {
    return mode == SaveMode.STATE
        ? inBackground(() -> state(path))
        : save(mode, MergeOptions.DEFAULT, () -> SaveTarget.directory(mode, path, conf));
  }

  /**
   * The same for an adapter or a merged model.
   *
   * @param options of a merged model
   */
  CompletableFuture<SavedState> save(
      SaveMode mode, MergeOptions options, SaveTarget.Opening opening) {
    return mode == SaveMode.MERGED ? merge(options, opening) : inBackground(() -> adapter(opening));
  }

  /** Takes a copy of the run now, and writes it later. */
  private CompletableFuture<SavedState> inBackground(Supplier<Supplier<SavedState>> snapshot) {
    copies.acquireUninterruptibly();
    Supplier<SavedState> write;
    try {
      write = snapshot.get();
    } catch (RuntimeException | Error e) {
      copies.release();
      throw e;
    }
    return CompletableFuture.supplyAsync(write, thread)
        .whenComplete((saved, e) -> copies.release());
  }

  /** Merges the current version; executors keep it until that is done. */
  private CompletableFuture<SavedState> merge(MergeOptions options, SaveTarget.Opening opening) {
    RunConfig config = run.config();
    MergeJob job = new MergeJob(spark, config.name(), config.base(), run.lora(), options);
    SharedAdapter version = run.adapter().retain();
    return CompletableFuture.supplyAsync(
            () -> jobs.during(spark.sc(), () -> job.save(version, opening)), merging)
        .whenComplete((saved, e) -> version.close());
  }

  private Supplier<SavedState> state(String path) {
    RunState state = run.state();
    return () -> checkpoint().save(path, state, conf);
  }

  private Supplier<SavedState> adapter(SaveTarget.Opening opening) {
    PeftAdapter adapter = PeftAdapter.of(model.config(), run.lora(), run.values());
    RunCheckpoint of = checkpoint();
    AdapterCard card =
        new AdapterCard(
            of.run(),
            of.settings(),
            of.base(),
            run.lora(),
            model.config().vocabSize(),
            run.step(),
            gradient.lastLoss());
    return () -> AdapterFiles.write(opening, AdapterExport.files(adapter, card, model));
  }

  /** Behind all saves before. */
  void load(String path) {
    run.restore(behindSaves(() -> checkpoint().load(path, conf)));
  }

  /** Behind all saves before. */
  void loadWeights(String path) {
    run.restart(behindSaves(() -> checkpoint().loadWeights(path, conf)));
  }

  private <T> T behindSaves(Supplier<T> load) {
    return CompletableFuture.supplyAsync(load, thread).join();
  }

  @Override
  public void close() {
    thread.shutdown();
    merging.shutdown();
  }

  Configuration conf() {
    return conf;
  }

  /** What this run's states are saved as. */
  RunCheckpoint checkpoint() {
    RunConfig config = run.config();
    ObjectNode settings = JsonNodeFactory.instance.objectNode();
    settings.put("dtype", Names.of(config.dtype()));
    settings.set("lora", LoraSettings.write(run.lora()));
    settings.put("seed", config.seed());
    settings.put("lanes", config.lanes());
    settings.put("threads", config.threads());
    settings.put("tokens_per_microbatch", config.tokensPerMicrobatch());
    settings.put("transport", Names.of(config.transport()));
    Fingerprint made = executors.executors().get(0).fingerprint();
    return new RunCheckpoint(
        new RunIdentity(
            run.id(),
            config.name(),
            ModelIdentity.of(model.path()),
            RequestDigest.of("settings", List.of(settings.toString())),
            Map.of("signal", made.signal(), "pytorch", made.pytorch(), "java", made.java())),
        settings,
        config.base());
  }
}
