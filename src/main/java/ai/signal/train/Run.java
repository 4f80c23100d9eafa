package ai.signal.train;

import ai.signal.cluster.ClusterReport;
import ai.signal.cluster.FloatBlocks;
import ai.signal.cluster.GpuOffer;
import ai.signal.cluster.GpuPlan;
import ai.signal.cluster.LaneException;
import ai.signal.cluster.LaneResources;
import ai.signal.cluster.Lanes;
import ai.signal.cluster.MemoryEstimate;
import ai.signal.cluster.Reduced;
import ai.signal.cluster.ReplicaSpec;
import ai.signal.cluster.SharedAdapter;
import ai.signal.data.Example;
import ai.signal.data.LaneDataset;
import ai.signal.lora.AdapterInit;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.LoraConfig;
import ai.signal.lora.PeftAdapter;
import ai.signal.model.ModelConfig;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelFormatException;
import ai.signal.model.Seeds;
import ai.signal.storage.Location;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * One adapter being trained on one base model: the driver's side. Holds the float32 master copy,
 * the optimizer's moments and the accumulated gradient. One thread at a time, but for {@link
 * #lastStep}.
 */
public final class Run implements AutoCloseable {
  private final String id = UUID.randomUUID().toString();
  private final JavaSparkContext spark;
  private final RunConfig config;
  private final LoraConfig lora;
  private final AdapterLayout layout;
  private final GpuPlan gpus;
  private final LaneResources resources;
  private final ReplicaSpec replica;
  private final Accumulator accumulator;
  private String optimizerName; // of the state, once there is one
  private OptimizerState optimizerState;
  private RunState kept; // whose moments the optimizer starts from; null: from none
  private String lineage = id; // of the adapter's versions
  private final float[] values; // [size]
  private FloatBlocks unpublished; // the current version, until something asks for it
  private SharedAdapter adapter; // null while it is unpublished
  private long step;
  private boolean untrained; // the adapter changes nothing yet
  private final ReferenceAdapter reference;

  /**
   * A new run: adapter from its seed, or from the PEFT directory that its config names.
   *
   * @param executors that are there
   * @throws ai.signal.cluster.ClusterException when they do not have the GPUs that it needs
   */
  public Run(
      JavaSparkContext spark, RunConfig config, ModelDirectory base, ClusterReport executors) {
    ModelConfig model = base.config();
    this.spark = spark;
    this.config = config;
    if (config.init().isPresent()) {
      PeftAdapter given = PeftAdapter.read(initial(config.init().get()), base);
      this.lora = given.config().withDropout(config.lora().dropout());
      this.values = given.values();
    } else {
      this.lora = config.lora();
      this.values = AdapterInit.of(AdapterLayout.of(model, lora), base, config.seed());
    }
    this.layout = AdapterLayout.of(model, lora);
    this.gpus = plan(model, executors);
    this.replica = new ReplicaSpec(config.base(), config.dtype(), gpus.gpus());
    this.resources = gpus.resources(executors, spark.isLocal());
    this.accumulator = new Accumulator(layout.size());
    this.unpublished = copy();
    this.untrained = config.init().isEmpty();
    this.reference = new ReferenceAdapter(spark, layout.shape());
  }

  private static Path initial(String init) {
    try {
      return Location.of("Cannot create run", init).local();
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException("adapter", e.getMessage(), init, e);
    }
  }

  /** A GPU computes one lane at a time. */
  private GpuPlan plan(ModelConfig model, ClusterReport executors) {
    MemoryEstimate.Work work =
        new MemoryEstimate.Work(
            1, config.lanes(), config.tokensPerMicrobatch(), config.activationCheckpointing());
    MemoryEstimate memory =
        MemoryEstimate.of(model, config.dtype(), MemoryEstimate.Adapter.of(layout), work);
    return GpuPlan.of(
        config.device(),
        config.gpus(),
        executors,
        GpuOffer.of(spark.getConf()),
        model.layers(),
        count -> memory.gpu(model, count));
  }

  /** Of this run and no other. */
  public String id() {
    return id;
  }

  public RunConfig config() {
    return config;
  }

  /** The adapter's settings; an initial adapter brings its own, but for dropout. */
  public LoraConfig lora() {
    return lora;
  }

  public AdapterLayout layout() {
    return layout;
  }

  public ReplicaSpec replica() {
    return replica;
  }

  /** The GPUs that a replica is spread over. */
  public GpuPlan gpus() {
    return gpus;
  }

  /** What Spark gives the task of a lane. */
  public LaneResources resources() {
    return resources;
  }

  /**
   * A training with this loss begins: the adapter as it is now is the reference of a loss with
   * {@link Reference#START}. Without this call it is the adapter at the first call with such a
   * loss.
   */
  public synchronized void beginTraining(Loss loss) {
    reference.set(RunState.Start.UNKNOWN);
    requireStart(loss);
  }

  /**
   * Resumes a training with this loss: its reference is that of the state that was restored. States
   * of earlier versions have none, and their reference was the base model.
   */
  public synchronized void resumeTraining(Loss loss) {
    if (startsFrom(loss) && !reference.start().known()) {
      reference.set(RunState.Start.UNTRAINED);
    }
  }

  private synchronized void requireStart(Loss loss) {
    if (startsFrom(loss) && !reference.start().known()) {
      reference.set(
          untrained ? RunState.Start.UNTRAINED : new RunState.Start(true, values.clone()));
    }
  }

  private static boolean startsFrom(Loss loss) {
    return loss.needsBase() && loss.reference() == Reference.START;
  }

  /** A copy of the adapter, [size]. */
  public float[] values() {
    return values.clone();
  }

  /** Optimizer steps done, those that changed nothing included. */
  public long step() {
    return step;
  }

  /** The run's own hold on the current version; retain it to use it after the next optim_step. */
  public SharedAdapter adapter() {
    if (adapter == null) {
      adapter = SharedAdapter.broadcast(spark, lineage, step, layout.shape(), unpublished);
      unpublished = null;
    }
    return adapter;
  }

  /** What people call an operation of its next step, in the Spark UI. */
  public String describe(String operation) {
    return config.name() + " · step " + (step + 1) + " · " + operation;
  }

  private FloatBlocks copy() {
    FloatBlocks copy = FloatBlocks.zeros(values.length);
    copy.put(values, 0, values.length);
    return copy;
  }

  /** Another version is current: executors get it when something asks for it. */
  private void replace(FloatBlocks next) {
    if (adapter != null) {
      adapter.close();
    }
    adapter = null;
    unpublished = next;
  }

  /** Loss and gradient of a batch, divided over lanes; the gradient is added to the accumulator. */
  public ForwardBackwardResult forwardBackward(String description, List<Example> batch, Loss loss) {
    require(batch, loss);
    return run(description, LaneSplit.balanced(batch, config.lanes()), loss, true);
  }

  /**
   * The same for examples in lane files.
   *
   * @param places [lanes] of each lane, the places in its file
   */
  public ForwardBackwardResult forwardBackward(
      String description, LaneDataset data, int[][] places, Loss loss) {
    return run(description, LaneSplit.stored(data, places), loss, true);
  }

  /**
   * The same for a function on the driver: forward, the function, and the gradient of the linear
   * loss that its derivatives make.
   */
  public ForwardBackwardResult forwardBackward(
      String description, List<Example> batch, DriverLoss loss) {
    ForwardBackwardResult found = forward(description, batch, new CrossEntropy());
    DriverLoss.Output output = loss.apply(batch, found.logprobs());
    LinearLoss linear = new LinearLoss(loss.name(), output.denominator() / found.lossTokens());
    return forwardBackward(description, output.weighted(batch), linear)
        .withLoss(output.loss(), output.denominator());
  }

  /** The loss alone. */
  public ForwardBackwardResult forward(String description, List<Example> batch, Loss loss) {
    require(batch, loss);
    return run(description, LaneSplit.balanced(batch, config.lanes()), loss, false);
  }

  /** The loss alone, of examples in lane files. */
  public ForwardBackwardResult forward(
      String description, LaneDataset data, int[][] places, Loss loss) {
    return run(description, LaneSplit.stored(data, places), loss, false);
  }

  private static void require(List<Example> batch, Loss loss) {
    if (batch.isEmpty()) {
      throw new TrainingException("Cannot compute a loss: the batch has no examples");
    }
    for (Example example : batch) {
      String problem = Fit.problem(example, loss);
      if (problem != null) {
        throw new TrainingException("Cannot compute a loss: " + problem);
      }
    }
  }

  private ForwardBackwardResult run(
      String description, List<LaneInput> inputs, Loss loss, boolean gradient) {
    if (loss.needsScores() && !layout.shape().score()) {
      throw new TrainingException(
          "Cannot compute a loss: %s reads a score head, and the adapter has none (lora.modules_to_save: [score])"
              .formatted(loss.name()));
    }
    requireStart(loss);
    long start = System.nanoTime();
    LaneStep work =
        new LaneStep(
            replica,
            adapter().ref(),
            startsFrom(loss) ? reference.ref() : null,
            loss,
            lora.dropout(),
            Seeds.mix(config.seed(), step, accumulator.calls()),
            config.threads(),
            config.tokensPerMicrobatch(),
            config.activationCheckpointing(),
            gradient);
    List<LaneResult> lanes;
    try {
      if (gradient) {
        Reduced<LaneResult> reduced =
            Lanes.reduce(
                spark,
                description,
                resources,
                inputs,
                work::run,
                layout.size(),
                config.transport());
        lanes = reduced.values();
        accumulator.add(loss.name(), lanes, reduced.sum());
      } else {
        lanes = Lanes.run(spark, description, resources, inputs, work::run);
      }
    } catch (LaneException e) {
      throw new TrainingException(e.getMessage(), e);
    }
    return result(inputs, lanes, (System.nanoTime() - start) / 1e9);
  }

  private static ForwardBackwardResult result(
      List<LaneInput> inputs, List<LaneResult> lanes, double seconds) {
    double loss = 0;
    double denominator = 0;
    long tokens = 0;
    long lossTokens = 0;
    double prepare = 0;
    double compute = 0;
    Map<String, Mean> metrics = new TreeMap<>();
    for (LaneResult lane : lanes) {
      lane.metrics().forEach((name, mean) -> metrics.merge(name, mean, Mean::plus));
      loss += lane.loss();
      denominator += lane.denominator();
      tokens += lane.tokens();
      lossTokens += lane.lossTokens();
      prepare = Math.max(prepare, lane.prepareSeconds());
      compute = Math.max(compute, lane.computeSeconds());
    }
    return new ForwardBackwardResult(
        loss / denominator,
        loss,
        denominator,
        tokens,
        lossTokens,
        values(metrics),
        inBatchOrder(inputs, lanes),
        new ForwardBackwardResult.Seconds(
            prepare, compute, Math.max(0, seconds - prepare - compute)));
  }

  private static Map<String, Double> values(Map<String, Mean> metrics) {
    Map<String, Double> values = new TreeMap<>();
    metrics.forEach((name, mean) -> values.put(name, mean.value()));
    return values;
  }

  static List<float[]> inBatchOrder(List<LaneInput> inputs, List<LaneResult> lanes) {
    Map<Integer, float[]> logprobs = new TreeMap<>();
    for (int lane = 0; lane < lanes.size(); lane++) {
      if (inputs.get(lane) instanceof LaneInput.Given given) {
        for (int i = 0; i < given.places().size(); i++) {
          logprobs.put(given.places().get(i), lanes.get(lane).logprobs().get(i));
        }
      }
    }
    return List.copyOf(logprobs.values());
  }

  /**
   * Applies the accumulated gradient once and clears it. A gradient that is not finite is dropped
   * and reported.
   *
   * @throws TrainingException without a gradient, or with one that has no mean
   */
  public synchronized OptimStepResult optimStep(Optimizer optimizer, Normalization normalization) {
    long start = System.nanoTime();
    double divisor = divisor(normalization);
    requireKind(optimizer);
    float scale = (float) (1 / divisor);
    double norm = accumulator.norm() / divisor;
    long tokens = accumulator.tokens();
    boolean applied = Double.isFinite(norm);
    if (applied) {
      float clip = (float) Math.min(1, optimizer.gradClip() / (norm + 1e-6));
      FloatBlocks next = FloatBlocks.zeros(values.length);
      optimizerState.step(optimizer, values, accumulator.gradient(), scale * clip, next);
      replace(next);
      untrained = false;
    }
    step++;
    accumulator.clear();
    return new OptimStepResult(
        step, optimizer.learningRate(), norm, tokens, applied, (System.nanoTime() - start) / 1e9);
  }

  private void requireKind(Optimizer optimizer) {
    if (optimizerName == null) {
      optimizerName = optimizer.name();
    } else if (!optimizer.name().equals(optimizerName)) {
      throw new TrainingException(
          "Cannot apply optim_step: the run's optimizer is %s and keeps its state, %s has none of it (create a new run)"
              .formatted(optimizerName, optimizer.name()));
    }
    if (optimizerState == null) {
      optimizerState = optimizer.state(Matrices.of(layout));
      if (kept != null) {
        optimizerState.restore(kept.optimizerSteps(), kept.moments());
        kept = null;
      }
    }
  }

  private double divisor(Normalization normalization) {
    if (accumulator.calls() == 0) {
      throw new TrainingException(
          "Cannot apply optim_step: there is no gradient; call forward_backward first");
    }
    if (normalization == Normalization.NONE) {
      return 1;
    }
    if (accumulator.losses().size() > 1) {
      throw new TrainingException(
          "Cannot apply optim_step: the gradient mixes losses "
              + accumulator.losses()
              + ", whose means differ; use normalization none");
    }
    if (accumulator.denominator() == 0) {
      throw new TrainingException(
          "Cannot apply optim_step: no token had a weight, so the loss has no mean");
    }
    return accumulator.denominator();
  }

  /** A copy of all that decides how it goes on. */
  public RunState state() {
    return state(
        accumulator.calls() == 0 ? new float[0] : accumulator.gradient().clone(),
        accumulator.accumulated());
  }

  /**
   * A copy of what the last optim_step left, without the gradient since then; for any thread, while
   * another one computes.
   */
  public synchronized RunState lastStep() {
    return state(new float[0], RunState.Accumulated.NOTHING);
  }

  private RunState state(float[] gradient, RunState.Accumulated accumulated) {
    Map<String, float[]> moments = new TreeMap<>(kept == null ? Map.of() : kept.moments());
    if (optimizerState != null) {
      optimizerState.moments().forEach((name, vector) -> moments.put(name, vector.clone()));
    }
    return new RunState(
        step,
        values.clone(),
        optimizerName,
        optimizerState != null ? optimizerState.steps() : kept == null ? 0 : kept.optimizerSteps(),
        moments,
        gradient,
        accumulated,
        reference.start());
  }

  /**
   * Goes on from where another run of the same adapter was. Its optimizer is fixed by the next
   * optim_step, which has to be of the same kind.
   *
   * @throws TrainingException when the state is of another adapter
   */
  public synchronized void restore(RunState state) {
    if (state.values().length != values.length) {
      throw new TrainingException(
          "Cannot continue run: the state is of an adapter with %d values, this one has %d"
              .formatted(state.values().length, values.length));
    }
    int start = state.start().values().length;
    if (start != 0 && start != values.length) {
      throw new TrainingException(
          "Cannot continue run: its reference has %d values, the adapter has %d"
              .formatted(start, values.length));
    }
    untrained &= Arrays.equals(state.values(), values);
    System.arraycopy(state.values(), 0, values, 0, values.length);
    accumulator.restore(state.accumulated(), state.gradient());
    optimizerName = state.optimizer();
    optimizerState = null;
    kept = state.optimizer() == null ? null : state;
    step = state.step();
    lineage = UUID.randomUUID().toString(); // executors may know other versions of these numbers
    replace(copy());
    reference.set(state.start());
  }

  /**
   * Begins with another adapter's values: step 0, a new optimizer, no gradient.
   *
   * @throws TrainingException when they are of another adapter
   */
  public void restart(float[] weights) {
    restore(
        new RunState(
            0,
            weights,
            null,
            0,
            Map.of(),
            new float[0],
            RunState.Accumulated.NOTHING,
            RunState.Start.UNKNOWN));
  }

  /** Drops the accumulated gradient. */
  public void zeroGrad() {
    accumulator.clear();
  }

  @Override
  public void close() {
    reference.close();
    if (adapter != null) {
      adapter.close();
    }
  }
}
