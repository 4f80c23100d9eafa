package ai.signal.client;

import ai.signal.cluster.ClusterReport;
import ai.signal.cluster.GpuPlan;
import ai.signal.data.BatchPlan;
import ai.signal.data.Example;
import ai.signal.data.LaneDataset;
import ai.signal.generate.Completion;
import ai.signal.generate.SamplingParams;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.LoraConfig;
import ai.signal.model.Tokenizer;
import ai.signal.monitor.StepMetrics;
import ai.signal.train.DriverLoss;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.Loss;
import ai.signal.train.Normalization;
import ai.signal.train.OptimStepResult;
import ai.signal.train.Optimizer;
import java.util.List;
import java.util.OptionalLong;

/**
 * The operations on one run, each done when its call returns: {@link AsyncTrainingClient}, awaited.
 * Any number of threads may call it; their operations take effect one after the other. An operation
 * that fails throws a {@link SignalException} and leaves the run as it was.
 */
public final class TrainingClient implements AutoCloseable {
  private final AsyncTrainingClient async;

  TrainingClient(AsyncTrainingClient async) {
    this.async = async;
  }

  /** The same run, whose operations return futures. */
  public AsyncTrainingClient async() {
    return async;
  }

  /** An example to learn a completion from; its prompt weighs 0. */
  public Example example(String prompt, String completion) {
    return async.example(prompt, completion);
  }

  /** A pair of answers for losses dpo and reward; of each only its own tokens count. */
  public Example preference(String prompt, String chosen, String rejected) {
    return async.preference(prompt, chosen, rejected);
  }

  /** See {@link AsyncTrainingClient#scored}. */
  public Example scored(String prompt, List<String> responses, double[] rewards) {
    return async.scored(prompt, responses, rewards);
  }

  /** See {@link AsyncTrainingClient#record}. */
  public Example record(String json) {
    return async.record(json);
  }

  /** See {@link AsyncTrainingClient#sampled}. */
  public Example sampled(Completion completion, double advantage) {
    return async.sampled(completion, advantage);
  }

  /** An example to learn a text from, every token of it. */
  public Example example(String text) {
    return async.example(text);
  }

  /** What the run is. */
  public RunInfo info() {
    return async.info();
  }

  /** The executors that were there when the run was created. */
  public ClusterReport executors() {
    return async.executors();
  }

  /** The GPUs that each replica of the base model is spread over. */
  public GpuPlan gpus() {
    return async.gpus();
  }

  /** The tokenizer of the base model. */
  public Tokenizer tokenizer() {
    return async.tokenizer();
  }

  /** The adapter's settings. */
  public LoraConfig lora() {
    return async.lora();
  }

  /** Where each matrix lies in {@link #adapter()}. */
  public AdapterLayout layout() {
    return async.layout();
  }

  /** A copy of the adapter's current values, [size]. */
  public float[] adapter() {
    return async.adapter().result();
  }

  /** Optimizer steps done so far, those that changed nothing included. */
  public long step() {
    return async.step().result();
  }

  /** See {@link AsyncTrainingClient#beginTraining}: the optimizer steps done so far. */
  public long beginTraining(Loss loss) {
    return async.beginTraining(loss).result();
  }

  /** See {@link AsyncTrainingClient#resumeTraining}: the optimizer steps done so far. */
  public long resumeTraining(Loss loss) {
    return async.resumeTraining(loss).result();
  }

  /** See {@link AsyncTrainingClient#forwardBackward(List, Loss)}. */
  public ForwardBackwardResult forwardBackward(List<Example> batch, Loss loss) {
    return async.awaiting().forwardBackward(batch, loss).result();
  }

  /** See {@link AsyncTrainingClient#forwardBackward(LaneDataset, BatchPlan, long, Loss)}. */
  public ForwardBackwardResult forwardBackward(
      LaneDataset data, BatchPlan plan, long step, Loss loss) {
    return async.awaiting().forwardBackward(data, plan, step, loss).result();
  }

  /** See {@link AsyncTrainingClient#forwardBackward(List, DriverLoss)}. */
  public ForwardBackwardResult forwardBackward(List<Example> batch, DriverLoss loss) {
    return async.awaiting().forwardBackward(batch, loss).result();
  }

  /** The loss of a batch, without a gradient. */
  public ForwardBackwardResult forward(List<Example> batch, Loss loss) {
    return async.forward(batch, loss).result();
  }

  /** The loss of a step of a data set, without a gradient. */
  public ForwardBackwardResult forward(LaneDataset data, BatchPlan plan, long step, Loss loss) {
    return async.forward(data, plan, step, loss).result();
  }

  /** Applies the mean of the accumulated gradient once and clears it. */
  public OptimStepResult optimStep(Optimizer optimizer) {
    return async.optimStep(optimizer).result();
  }

  /** Applies the accumulated gradient once and clears it; without a gradient it fails. */
  public OptimStepResult optimStep(Optimizer optimizer, Normalization normalization) {
    return async.optimStep(optimizer, normalization).result();
  }

  /** See {@link AsyncTrainingClient#trainBatch(List, Loss, Optimizer)}. */
  public TrainBatchResult trainBatch(List<Example> batch, Loss loss, Optimizer optimizer) {
    return async.trainBatch(batch, loss, optimizer).result();
  }

  /** See {@link AsyncTrainingClient#trainBatch(LaneDataset, BatchPlan, long, Loss, Optimizer)}. */
  public TrainBatchResult trainBatch(
      LaneDataset data, BatchPlan plan, long step, Loss loss, Optimizer optimizer) {
    return async.trainBatch(data, plan, step, loss, optimizer).result();
  }

  /**
   * Trains over examples: see {@link AsyncTrainingClient#train(List, TrainingOptions)}. The
   * listener is called on the caller's own thread.
   */
  public TrainingResult train(List<Example> examples, TrainingOptions options) {
    return TrainingLoop.over(async, examples, options, OptionalLong.empty()).run();
  }

  /** The same over a data set in lane files. */
  public TrainingResult train(LaneDataset data, TrainingOptions options) {
    return TrainingLoop.over(async, data, options, OptionalLong.empty()).run();
  }

  /** See {@link AsyncTrainingClient#trainEpoch(List, TrainingOptions, long)}. */
  public TrainingResult trainEpoch(List<Example> examples, TrainingOptions options, long epoch) {
    return TrainingLoop.over(async, examples, options, OptionalLong.of(epoch)).run();
  }

  /** The same over a data set in lane files. */
  public TrainingResult trainEpoch(LaneDataset data, TrainingOptions options, long epoch) {
    return TrainingLoop.over(async, data, options, OptionalLong.of(epoch)).run();
  }

  /** See {@link AsyncTrainingClient#metrics}. */
  public List<StepMetrics> metrics() {
    return async.metrics().result();
  }

  /** Drops the accumulated gradient. */
  public void zeroGrad() {
    async.zeroGrad().result();
  }

  /**
   * Completions by the current adapter, in a Spark job of its own: {@code params.n()} of the first
   * prompt, then of the second.
   */
  public List<Completion> sample(List<String> prompts, SamplingParams params) {
    return async.sample(prompts, params).result();
  }

  /** The same for prompts that are tokens already, such as the turns of a dialogue so far. */
  public List<Completion> sampleTokens(List<int[]> prompts, SamplingParams params) {
    return async.sampleTokens(prompts, params).result();
  }

  /** See {@link AsyncTrainingClient#inference}. */
  public InferenceClient inference() {
    return new InferenceClient(async.inference().result());
  }

  /** See {@link AsyncTrainingClient#saveState}. */
  public SavedState saveState(SaveMode mode, String path) {
    return async.saveState(mode, path).result();
  }

  /** See {@link AsyncTrainingClient#saveMerged}. */
  public SavedState saveMerged(String path, MergeOptions options) {
    return async.saveMerged(path, options).result();
  }

  /** See {@link AsyncTrainingClient#loadState}: the step. */
  public long loadState(String path) {
    return async.loadState(path).result();
  }

  /** See {@link AsyncTrainingClient#loadWeights}. */
  public void loadWeights(String path) {
    async.loadWeights(path).result();
  }

  @Override
  public void close() {
    async.close();
  }
}
