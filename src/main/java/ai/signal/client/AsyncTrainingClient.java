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
import ai.signal.generate.PromptRequest;
import ai.signal.generate.SamplingParams;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.LoraConfig;
import ai.signal.model.ModelDirectory;
import ai.signal.model.Tokenizer;
import ai.signal.monitor.StepMetrics;
import ai.signal.storage.Location;
import ai.signal.storage.OwnedFiles;
import ai.signal.train.DriverLoss;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.Loss;
import ai.signal.train.Normalization;
import ai.signal.train.OptimStepResult;
import ai.signal.train.Optimizer;
import ai.signal.train.Run;
import ai.signal.train.RunConfig;
import ai.signal.train.RunState;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The operations on one run. Each is appended to the run's queue and gives its future at once; they
 * take effect one after the other, in the order in which they were submitted, from whatever
 * threads. {@code sample} and {@code save_state} see exactly the operations before them, and their
 * own work goes on beside the operations behind them.
 *
 * <p>A forward_backward that fails adds no gradient, and the optim_step behind it is not applied:
 * it fails too, and the gradient is dropped. After that the run is as it was before.
 *
 * <p>A queue holds {@value #QUEUE_CAPACITY} operations; submitting to a full one waits.
 */
public final class AsyncTrainingClient implements AutoCloseable {
  /** Operations that wait at most. */
  public static final int QUEUE_CAPACITY = 64;

  /** Samples and saves of a run that work beside its queue. */
  private static final int BESIDE = 2;

  private final JavaSparkContext spark;
  private final Run run;
  private final RunJobs jobs;
  private final Inference inference;
  private final RunStates states;
  private final ClusterReport executors;
  private final ModelDirectory model;
  private final Tokenizer tokenizer;
  private final Examples examples;
  private final Mailbox mailbox;
  private final ExecutorService beside;
  private final String key; // of operations; null: none
  private final boolean awaited; // the caller learns of a failure at once, not at optim_step
  private final GradientState gradient;
  private final Consumer<String> closed;

  /**
   * @param closed is told the run's id when it is closed
   */
  AsyncTrainingClient(
      JavaSparkContext spark,
      Run run,
      ModelDirectory model,
      ClusterReport executors,
      Optional<Fingerprint> alike,
      Consumer<String> closed) {
    this.spark = spark;
    this.run = run;
    this.jobs = RunJobs.of(run.config().name(), run.id(), alike);
    this.inference = Inference.of(spark, jobs, run);
    this.executors = executors;
    this.model = model;
    this.tokenizer = Tokenizer.load(model.path());
    this.examples = new Examples(model.path(), tokenizer, model.config().maxPositions());
    this.mailbox = new Mailbox(run.config().name(), QUEUE_CAPACITY);
    this.beside = Executors.newFixedThreadPool(BESIDE, Workers.daemons("signal-beside"));
    this.key = null;
    this.awaited = false;
    this.gradient = new GradientState(spark.sc(), run, jobs);
    this.states = new RunStates(spark, jobs, run, model, executors, gradient);
    this.closed = closed;
  }

  private AsyncTrainingClient(AsyncTrainingClient of, String key, boolean awaited) {
    this.spark = of.spark;
    this.run = of.run;
    this.jobs = of.jobs;
    this.inference = of.inference;
    this.states = of.states;
    this.executors = of.executors;
    this.model = of.model;
    this.tokenizer = of.tokenizer;
    this.examples = of.examples;
    this.mailbox = of.mailbox;
    this.beside = of.beside;
    this.key = key;
    this.awaited = awaited;
    this.gradient = of.gradient;
    this.closed = of.closed;
  }

  /**
   * The same client, whose operations carry a key: when one is submitted again with the same key
   * and the same arguments, as a retry does, it is not done again and its first future is returned.
   *
   * @param idempotencyKey of one operation
   */
  public AsyncTrainingClient keyed(String idempotencyKey) {
    return new AsyncTrainingClient(this, idempotencyKey, awaited);
  }

  /** The same client for a caller who waits for each result. */
  AsyncTrainingClient awaiting() {
    return new AsyncTrainingClient(this, key, true);
  }

  /** An example to learn a completion from; its prompt weighs 0. */
  public Example example(String prompt, String completion) {
    return examples.of(prompt, completion);
  }

  /** A pair of answers for losses dpo and reward; of each only its own tokens count. */
  public Example preference(String prompt, String chosen, String rejected) {
    return examples.of(prompt, chosen, rejected);
  }

  /**
   * A group of answers to a prompt as one example, each with its advantage over the others (GRPO)
   * as input {@code advantages}; one as good as the mean is left out.
   *
   * @param rewards of each response, finite
   * @throws ai.signal.data.DataException if all rewards are equal, which teaches nothing
   */
  public Example scored(String prompt, List<String> responses, double[] rewards) {
    return examples.of(prompt, responses, rewards);
  }

  /**
   * The example of a record of a JSON lines file, in any of its formats.
   *
   * @throws ai.signal.data.DataException saying why it is no record
   */
  public Example record(String json) {
    return examples.ofRecord(json);
  }

  /**
   * What was sampled, for losses of sampled tokens: with its log-probabilities and advantages.
   *
   * @param advantage of each of its tokens over what was to be expected
   */
  public Example sampled(Completion completion, double advantage) {
    return Examples.ofSampled(
        completion.prompt(),
        completion.promptTokenIds(),
        completion.tokenIds(),
        completion.logprobs(),
        advantage);
  }

  /** An example to learn a text from, every token of it. */
  public Example example(String text) {
    return examples.of(text);
  }

  /** What the run is. */
  public RunInfo info() {
    RunConfig config = run.config();
    return new RunInfo(
        run.id(),
        config.name(),
        config.base(),
        config.dtype(),
        run.lora(),
        run.layout().size(),
        config.lanes(),
        gradient.step());
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

  /** A copy of the adapter's values, [size], behind the operations before. */
  public SignalFuture<float[]> adapter() {
    return submit("adapter", List.of(), ticket -> run.values());
  }

  /** Optimizer steps done, behind the operations before. */
  public SignalFuture<Long> step() {
    return submit("step", List.of(), ticket -> run.step());
  }

  /**
   * What the optim_steps of this run did, behind the operations before: the last {@value
   * MetricsHistory#CAPACITY}, in order. One that changed nothing, since its gradient was not
   * finite, counts too.
   */
  public SignalFuture<List<StepMetrics>> metrics() {
    return submit("metrics", List.of(), ticket -> gradient.history());
  }

  /**
   * Begins a training with a loss: the adapter, as the operations before leave it, becomes the
   * reference of a loss with {@link ai.signal.train.Reference#START}. {@link #train} does this
   * before its first step with such a loss. Without it the reference is the adapter at the run's
   * first call with such a loss. State that is saved contains the reference.
   *
   * @return a future of the optimizer steps done so far
   */
  public SignalFuture<Long> beginTraining(Loss loss) {
    return submit(
        "begin_training",
        List.of(loss),
        ticket -> {
          run.beginTraining(loss);
          return run.step();
        });
  }

  /**
   * Resumes a training with a loss, from state that was loaded: its reference stays. States of
   * earlier versions have none, and their reference was the base model. {@link #train} does this
   * where steps are done already.
   *
   * @return a future of the optimizer steps done so far
   */
  public SignalFuture<Long> resumeTraining(Loss loss) {
    return submit(
        "resume_training",
        List.of(loss),
        ticket -> {
          run.resumeTraining(loss);
          return run.step();
        });
  }

  /**
   * Loss and adapter gradient of a batch, in one Spark job with a task per lane. The gradient is
   * added to those of earlier calls until {@link #optimStep}; a call that fails adds nothing.
   *
   * @param batch not to be changed until it is done
   */
  public SignalFuture<ForwardBackwardResult> forwardBackward(List<Example> batch, Loss loss) {
    return forwardBackward(
        List.of("batch", batch, loss), what -> run.forwardBackward(what, batch, loss));
  }

  /**
   * The same for a step of a data set.
   *
   * @param step of the plan, from 0 through all epochs
   */
  public SignalFuture<ForwardBackwardResult> forwardBackward(
      LaneDataset data, BatchPlan plan, long step, Loss loss) {
    return forwardBackward(
        List.of(data.digest(), plan, step, loss),
        what -> run.forwardBackward(what, data, plan.indices(step), loss));
  }

  /**
   * Loss and gradient of a batch by a function of the caller's that runs on the driver: forward,
   * the function, and a forward_backward of the linear loss that its derivatives make.
   *
   * @param loss from the log-probabilities of each example's targets to a loss and its derivatives;
   *     serializable where the operation has a key
   */
  public SignalFuture<ForwardBackwardResult> forwardBackward(List<Example> batch, DriverLoss loss) {
    return forwardBackward(
        List.of("batch", batch, loss), what -> run.forwardBackward(what, batch, loss));
  }

  /** The loss of a batch, without a gradient. */
  public SignalFuture<ForwardBackwardResult> forward(List<Example> batch, Loss loss) {
    return submit(
        "forward",
        List.of("batch", batch, loss),
        ticket -> jobs.during(spark.sc(), () -> run.forward(run.describe("forward"), batch, loss)));
  }

  /** The loss of a step of a data set, without a gradient. */
  public SignalFuture<ForwardBackwardResult> forward(
      LaneDataset data, BatchPlan plan, long step, Loss loss) {
    return submit(
        "forward",
        List.of(data.digest(), plan, step, loss),
        ticket ->
            jobs.during(
                spark.sc(),
                () -> run.forward(run.describe("forward"), data, plan.indices(step), loss)));
  }

  /** Applies the mean of the accumulated gradient once and clears it. */
  public SignalFuture<OptimStepResult> optimStep(Optimizer optimizer) {
    return optimStep(optimizer, Normalization.MEAN);
  }

  /** Applies the accumulated gradient once and clears it; without a gradient it fails. */
  public SignalFuture<OptimStepResult> optimStep(Optimizer optimizer, Normalization normalization) {
    return submit(
        "optim_step",
        List.of(optimizer.toString(), normalization),
        ticket -> gradient.apply(ticket, optimizer, normalization));
  }

  /** Drops the accumulated gradient. */
  public SignalFuture<Void> zeroGrad() {
    return submit(
        "zero_grad",
        List.of(),
        ticket -> {
          gradient.drop();
          return null;
        });
  }

  /**
   * Loss and gradient of a batch, and the optimizer's step: forward_backward and optim_step as one
   * operation, with nothing between them. Gradients of earlier calls are applied with it. When one
   * of the two fails nothing is applied, and the gradient is dropped.
   *
   * @param batch not to be changed until it is done
   */
  public SignalFuture<TrainBatchResult> trainBatch(
      List<Example> batch, Loss loss, Optimizer optimizer) {
    return trainBatch(batch, loss, optimizer, Double.NaN, new Stop());
  }

  /** A step of training that may be stopped before it. */
  SignalFuture<TrainBatchResult> trainBatch(
      List<Example> batch, Loss loss, Optimizer optimizer, double epoch, Stop stop) {
    return trainBatch(
        List.of("batch", batch, loss, optimizer.toString()),
        what -> run.forwardBackward(what, batch, loss),
        optimizer,
        epoch,
        stop);
  }

  /**
   * The same for a step of a data set.
   *
   * @param step of the plan, from 0 through all epochs
   */
  public SignalFuture<TrainBatchResult> trainBatch(
      LaneDataset data, BatchPlan plan, long step, Loss loss, Optimizer optimizer) {
    return trainBatch(data, plan, step, loss, optimizer, new Stop());
  }

  /** A step of training that may be stopped before it. */
  SignalFuture<TrainBatchResult> trainBatch(
      LaneDataset data, BatchPlan plan, long step, Loss loss, Optimizer optimizer, Stop stop) {
    return trainBatch(
        List.of(data.digest(), plan, step, loss, optimizer.toString()),
        what -> run.forwardBackward(what, data, plan.indices(step), loss),
        optimizer,
        plan.epochs(step + 1),
        stop);
  }

  private SignalFuture<TrainBatchResult> trainBatch(
      List<Object> arguments,
      Function<String, ForwardBackwardResult> work,
      Optimizer optimizer,
      double epoch,
      Stop stop) {
    return submit(
        "train_batch",
        arguments,
        ticket -> gradient.trainBatch(ticket, work, optimizer, epoch, stop));
  }

  /**
   * Trains over examples. It is an operation that consists of others, one train_batch for each
   * step: what is submitted meanwhile comes between them. A step that fails ends it, and so does
   * cancelling it.
   *
   * @param examples not to be changed until it is done
   */
  public SignalFuture<TrainingResult> train(List<Example> examples, TrainingOptions options) {
    return train(
        List.of("batch", examples, options.withoutFunctions()),
        TrainingLoop.over(this, examples, options, OptionalLong.empty()));
  }

  /** The same over a data set in lane files. */
  public SignalFuture<TrainingResult> train(LaneDataset data, TrainingOptions options) {
    return train(
        List.of(data.digest(), options.withoutFunctions()),
        TrainingLoop.over(this, data, options, OptionalLong.empty()));
  }

  /**
   * One epoch of the training that {@link #train(List, TrainingOptions)} does: its epochs one by
   * one are the same as all at once.
   *
   * @param epoch from 0
   * @throws IllegalArgumentException when the options end before it
   */
  public SignalFuture<TrainingResult> trainEpoch(
      List<Example> examples, TrainingOptions options, long epoch) {
    return train(
        List.of("batch", examples, options.withoutFunctions(), epoch),
        TrainingLoop.over(this, examples, options, OptionalLong.of(epoch)));
  }

  /** The same over a data set in lane files. */
  public SignalFuture<TrainingResult> trainEpoch(
      LaneDataset data, TrainingOptions options, long epoch) {
    return train(
        List.of(data.digest(), options.withoutFunctions(), epoch),
        TrainingLoop.over(this, data, options, OptionalLong.of(epoch)));
  }

  SignalFuture<TrainingResult> train(List<Object> arguments, TrainingLoop loop) {
    return mailbox.submitBeside(
        "train",
        request("train", arguments),
        ticket ->
            CompletableFuture.supplyAsync(
                () -> Unfinished.within(loop::run),
                work -> Workers.daemons("signal-train").newThread(work).start()),
        ticket -> loop.cancel(new SignalException.Cancelled(ticket, "was cancelled")));
  }

  /** Of the order of examples, where a training has none. */
  long seed() {
    return run.config().seed();
  }

  /** A key is of one operation, not of those that it consists of. */
  AsyncTrainingClient unkeyed() {
    return new AsyncTrainingClient(this, null, awaited);
  }

  /**
   * Completions by the current adapter, in a Spark job of its own: {@code params.n()} of the first
   * prompt, then of the second.
   */
  public SignalFuture<List<Completion>> sample(List<String> prompts, SamplingParams params) {
    return complete(PromptRequest.ofTexts(prompts, params));
  }

  /** The same for prompts that are tokens already, such as the turns of a dialogue so far. */
  public SignalFuture<List<Completion>> sampleTokens(List<int[]> prompts, SamplingParams params) {
    return complete(PromptRequest.ofTokens(prompts, params));
  }

  private SignalFuture<List<Completion>> complete(List<PromptRequest> prompts) {
    return mailbox.submitBeside(
        "sample",
        request("sample", List.of(prompts)),
        ticket -> inference.sample(run.adapter().retain(), prompts, beside));
  }

  /**
   * A client that is pinned to the adapter as the operations before leave it, and outlives the run.
   * Whoever asks for it closes it.
   */
  public SignalFuture<AsyncInferenceClient> inference() {
    return submit(
        "inference",
        List.of(),
        ticket -> new AsyncInferenceClient(inference, run.adapter().pin(), model));
  }

  /**
   * Publishes the run's state.
   *
   * @param path of modes adapter and merged, a directory that does not exist yet; of mode state,
   *     one to whose {@code checkpoints} this step is added; on any Hadoop file system
   * @throws SignalException.Refused if the path is refused as a {@link Location}
   */
  public SignalFuture<SavedState> saveState(SaveMode mode, String path) {
    refuse("save_state", path);
    return mailbox.submitBeside(
        "save_state",
        request("save_state", List.of(mode, path)),
        ticket -> states.save(mode, path));
  }

  /** The same in mode merged, with a dtype and a size of files. */
  public SignalFuture<SavedState> saveMerged(String path, MergeOptions options) {
    refuse("save_state", path);
    return mailbox.submitBeside(
        "save_state",
        request("save_state", List.of(SaveMode.MERGED, path, options.toString())),
        ticket ->
            states.save(
                SaveMode.MERGED,
                options,
                () -> SaveTarget.directory(SaveMode.MERGED, path, states.conf())));
  }

  /** The same into a directory of a job's output. */
  SignalFuture<SavedState> saveInto(
      OwnedFiles output, String directory, SaveMode mode, MergeOptions options) {
    return mailbox.submitBeside(
        "save_state",
        request("save_state", List.of(mode, directory)),
        ticket -> states.save(mode, options, () -> SaveTarget.within(output, directory)));
  }

  /**
   * Goes on, with the same bits, from the newest good checkpoint that {@link SaveMode#STATE} or a
   * job wrote: adapter, optimizer, step and gradient become what they were there.
   *
   * @param path what save_state was given
   * @return a future of the step; it fails when there is no good checkpoint on this base model, or
   *     its run had other settings
   */
  public SignalFuture<Long> loadState(String path) {
    refuse("load_state", path);
    return restored("load_state", List.of(path), () -> states.load(path));
  }

  /**
   * Begins anew, at step 0 and with a new optimizer, with the adapter of the newest good
   * checkpoint.
   *
   * @param path what save_state was given
   * @return a future of the step, 0
   */
  public SignalFuture<Long> loadWeights(String path) {
    refuse("load_weights", path);
    return restored("load_weights", List.of(path), () -> states.loadWeights(path));
  }

  /** Before the path is queued, kept for a retry or shown. */
  private static void refuse(String operation, String path) {
    Location.problem(path)
        .ifPresent(
            problem -> {
              throw new SignalException.Refused(operation, problem, null);
            });
  }

  /** The run goes on from elsewhere: a future of the step. */
  SignalFuture<Long> restored(String operation, List<Object> arguments, Runnable restore) {
    return submit(
        operation,
        arguments,
        ticket -> {
          restore.run();
          gradient.restored();
          return run.step();
        });
  }

  /** A copy of all that decides how the run goes on, behind the operations before. */
  public SignalFuture<RunState> state() {
    return submit("state", List.of(), ticket -> run.state());
  }

  Run run() {
    return run;
  }

  RunStates states() {
    return states;
  }

  private SignalFuture<ForwardBackwardResult> forwardBackward(
      List<Object> arguments, Function<String, ForwardBackwardResult> work) {
    return submit("forward_backward", arguments, ticket -> gradient.add(ticket, work, awaited));
  }

  private <T> SignalFuture<T> submit(
      String operation, List<Object> arguments, Mailbox.OperationOf<T> work) {
    return mailbox.submit(operation, request(operation, arguments), work);
  }

  private Mailbox.Request request(String operation, List<Object> arguments) {
    return key == null ? null : new Mailbox.Request(key, RequestDigest.of(operation, arguments));
  }

  /** What waits is cancelled; what has begun is waited for, but not by its own listener. */
  @Override
  public void close() {
    mailbox.close(this::release);
  }

  private void release() {
    beside.shutdown();
    states.close();
    run.close();
    tokenizer.close();
    closed.accept(run.id());
  }
}
