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
import ai.signal.train.DriverLoss;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.Loss;
import ai.signal.train.Normalization;
import ai.signal.train.OptimStepResult;
import ai.signal.train.Optimizer;
import java.util.List;

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

  /** A pair of answers for loss dpo; of each only its own tokens count. */
  public Example preference(String prompt, String chosen, String rejected) {
    return async.preference(prompt, chosen, rejected);
  }

  /** See {@link AsyncTrainingClient#scored}. */
  public Example scored(String prompt, List<String> responses, double[] rewards) {
    return async.scored(prompt, responses, rewards);
  }

  /** An example to learn a text from, every token of it. */
  public Example example(String text) {
    return async.example(text);
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

  /** Optimizer steps applied so far. */
  public long step() {
    return async.step().result();
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

  /** Drops the accumulated gradient. */
  public void zeroGrad() {
    async.zeroGrad().result();
  }

  /** Completions by the current adapter, in the order of the prompts, in a Spark job of its own. */
  public List<Completion> sample(List<String> prompts, SamplingParams params) {
    return async.sample(prompts, params).result();
  }

  /** See {@link AsyncTrainingClient#saveState}. */
  public SavedState saveState(SaveMode mode, String path) {
    return async.saveState(mode, path).result();
  }

  @Override
  public void close() {
    async.close();
  }
}
