package ai.signal.client;

import ai.signal.cluster.ClusterReport;
import ai.signal.cluster.Fingerprint;
import ai.signal.cluster.GpuPlan;
import ai.signal.cluster.RunJobs;
import ai.signal.data.BatchPlan;
import ai.signal.data.Example;
import ai.signal.data.Examples;
import ai.signal.data.LaneDataset;
import ai.signal.generate.Completion;
import ai.signal.generate.SampleJob;
import ai.signal.generate.SamplingParams;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.LoraConfig;
import ai.signal.lora.PeftAdapter;
import ai.signal.model.ModelDirectory;
import ai.signal.model.Tokenizer;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.Loss;
import ai.signal.train.Normalization;
import ai.signal.train.OptimStepResult;
import ai.signal.train.Optimizer;
import ai.signal.train.Run;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/** The four primitives on one run, each done when its call returns. One thread at a time. */
public final class TrainingClient implements AutoCloseable {
  private final JavaSparkContext spark;
  private final Run run;
  private final RunJobs jobs;
  private final ClusterReport executors;
  private final ModelDirectory model;
  private final Tokenizer tokenizer;
  private final Examples examples;

  TrainingClient(
      JavaSparkContext spark,
      Run run,
      ModelDirectory model,
      ClusterReport executors,
      Optional<Fingerprint> alike) {
    this.spark = spark;
    this.run = run;
    this.jobs = RunJobs.of(run.config().name(), run.adapter().ref().run(), alike);
    this.executors = executors;
    this.model = model;
    this.tokenizer = Tokenizer.load(model.path());
    this.examples = new Examples(model.path(), tokenizer, model.config().maxPositions());
  }

  /** An example to learn a completion from; its prompt weighs 0. */
  public Example example(String prompt, String completion) {
    return examples.of(prompt, completion);
  }

  /** An example to learn a text from, every token of it. */
  public Example example(String text) {
    return examples.of(text);
  }

  /** The executors that were there when the run was created. */
  public ClusterReport executors() {
    return executors;
  }

  /** The GPUs that each replica of the base model is spread over. */
  public GpuPlan gpus() {
    return run.gpus();
  }

  /** The tokenizer of the base model. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The adapter's settings. */
  public LoraConfig lora() {
    return run.lora();
  }

  /** Where each matrix lies in {@link #adapter()}. */
  public AdapterLayout layout() {
    return run.layout();
  }

  /** The adapter's current values, [size]; not to be changed. */
  public float[] adapter() {
    return run.values();
  }

  /** Optimizer steps applied so far. */
  public long step() {
    return run.step();
  }

  /**
   * Loss and adapter gradient of a batch, in one Spark job with a task per lane. The gradient is
   * added to those of earlier calls until {@link #optimStep}; a call that fails adds nothing.
   */
  public ForwardBackwardResult forwardBackward(List<Example> batch, Loss loss) {
    return inRun(() -> run.forwardBackward(describe("forward_backward"), batch, loss));
  }

  /**
   * The same for a step of a data set.
   *
   * @param step of the plan, from 0 through all epochs
   */
  public ForwardBackwardResult forwardBackward(
      LaneDataset data, BatchPlan plan, long step, Loss loss) {
    return inRun(
        () -> run.forwardBackward(describe("forward_backward"), data, places(plan, step), loss));
  }

  /** The loss of a batch, without a gradient. */
  public ForwardBackwardResult forward(List<Example> batch, Loss loss) {
    return inRun(() -> run.forward(describe("forward"), batch, loss));
  }

  /** The loss of a step of a data set, without a gradient. */
  public ForwardBackwardResult forward(LaneDataset data, BatchPlan plan, long step, Loss loss) {
    return inRun(() -> run.forward(describe("forward"), data, places(plan, step), loss));
  }

  private static int[][] places(BatchPlan plan, long step) {
    int[][] places = new int[plan.lanes()][];
    for (int lane = 0; lane < places.length; lane++) {
      places[lane] = plan.indices(step, lane);
    }
    return places;
  }

  /** Applies the mean of the accumulated gradient once and clears it. */
  public OptimStepResult optimStep(Optimizer optimizer) {
    return optimStep(optimizer, Normalization.MEAN);
  }

  /**
   * Applies the accumulated gradient once and clears it.
   *
   * @throws ai.signal.train.TrainingException without a gradient
   */
  public OptimStepResult optimStep(Optimizer optimizer, Normalization normalization) {
    return run.optimStep(optimizer, normalization);
  }

  /** Drops the accumulated gradient. */
  public void zeroGrad() {
    run.zeroGrad();
  }

  /** Completions by the current adapter, in the order of the prompts, in a Spark job of its own. */
  public List<Completion> sample(List<String> prompts, SamplingParams params) {
    return inRun(
        () ->
            SampleJob.run(
                spark,
                describe("sample"),
                run.replica(),
                run.adapter(),
                prompts,
                params,
                run.resources(),
                run.config().lanes(),
                run.config().threads()));
  }

  /**
   * Publishes the run's state.
   *
   * @param path a directory that does not exist yet, on any Hadoop file system
   */
  public SavedState saveState(SaveMode mode, String path) {
    PeftAdapter adapter = PeftAdapter.of(model.config(), run.lora(), run.values());
    return StateDirectory.write(
        mode, path, adapter.files(run.config().base()), spark.hadoopConfiguration());
  }

  private <R> R inRun(Supplier<R> operation) {
    return jobs.during(spark.sc(), operation);
  }

  private String describe(String operation) {
    String name = run.config().name();
    return operation.equals("sample")
        ? name + " · sample"
        : name + " · step " + (run.step() + 1) + " · " + operation;
  }

  @Override
  public void close() {
    run.close();
    tokenizer.close();
  }
}
