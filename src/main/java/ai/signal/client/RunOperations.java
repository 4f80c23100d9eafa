package ai.signal.client;

import ai.signal.data.DataSpec;
import ai.signal.data.Example;
import ai.signal.data.LaneDataset;
import ai.signal.generate.SamplingParams;
import ai.signal.spec.KeyHints;
import ai.signal.spec.LossSpec;
import ai.signal.spec.OptimizerSpec;
import ai.signal.spec.RecordBinder;
import ai.signal.spec.SpecException;
import ai.signal.spec.SpecTree;
import ai.signal.train.Optimizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/** The operations on a run, by name, from JSON and to JSON. */
final class RunOperations {
  private static final RecordBinder BINDER = new RecordBinder(KeyHints.NONE);

  private final SparkSession spark;
  private final Map<String, Operation<JsonNode>> all = new LinkedHashMap<>();

  @FunctionalInterface
  private interface Operation<R> {
    Submitted<?> submit(AsyncTrainingClient run, R request);
  }

  RunOperations(SparkSession spark) {
    this.spark = spark;
    add(
        "forward",
        Requests.Gradient.class,
        (run, request) ->
            new Submitted<>(
                run.forward(batch(run, request.batch()), request.loss().loss()), SpecTree::of));
    add(
        "forward_backward",
        Requests.Gradient.class,
        (run, request) ->
            new Submitted<>(
                run.forwardBackward(batch(run, request.batch()), request.loss().loss()),
                SpecTree::of));
    add(
        "optim_step",
        Requests.OptimStep.class,
        (run, request) ->
            new Submitted<>(
                run.optimStep(optimizer(request.optimizer()), request.normalization()),
                SpecTree::of));
    add(
        "zero_grad",
        Requests.Nothing.class,
        (run, request) -> new Submitted<>(run.zeroGrad(), none -> object()));
    add(
        "train_batch",
        Requests.TrainBatch.class,
        (run, request) ->
            new Submitted<>(
                run.trainBatch(
                    batch(run, request.batch()),
                    request.loss().loss(),
                    optimizer(request.optimizer())),
                RunOperations::both));
    add("train", Requests.Train.class, this::train);
    all.put("sample", RunOperations::sample);
    add(
        "save_state",
        Requests.Save.class,
        (run, request) -> new Submitted<>(request.submit(run), SpecTree::of));
    add(
        "load_state",
        Requests.Load.class,
        (run, request) ->
            new Submitted<>(run.loadState(request.path()), step -> object().put("step", step)));
    add(
        "load_weights",
        Requests.Load.class,
        (run, request) -> new Submitted<>(run.loadWeights(request.path()), none -> object()));
    add(
        "step",
        Requests.Nothing.class,
        (run, request) -> new Submitted<>(run.step(), step -> object().put("step", step)));
    add(
        "metrics",
        Requests.Nothing.class,
        (run, request) -> new Submitted<>(run.metrics(), list("steps", step -> step.json())));
  }

  private <R extends Record> void add(String name, Class<R> request, Operation<R> operation) {
    all.put(name, (run, tree) -> operation.submit(run, BINDER.bind(request, tree, "")));
  }

  /** What they are called. */
  Set<String> names() {
    return all.keySet();
  }

  /**
   * Submits one.
   *
   * @param name one of {@link #names}
   * @throws SpecException.Value where the request has an unknown key, or a value that is not
   *     allowed
   */
  Submitted<?> submit(String name, AsyncTrainingClient run, JsonNode request) {
    return all.get(name).submit(run, request);
  }

  private Submitted<?> train(AsyncTrainingClient run, Requests.Train request) {
    if (request.examples().isEmpty() == request.data().isEmpty()) {
      throw new SpecException.Value("examples", "or data, one of them, is what train learns from");
    }
    AtomicReference<TrainingProgress> progress = new AtomicReference<>();
    TrainingOptions options = request.options().withListener(progress::set);
    TrainingLoop loop =
        request.data().isPresent()
            ? TrainingLoop.over(run, lanes(run, request.data().get(), request.loss()), options)
            : TrainingLoop.over(
                run,
                ExampleJson.of(run, "examples", request.examples()),
                options,
                OptionalLong.empty());
    List<Object> arguments = List.of("json", request.toString()); // options are not all data
    return new Submitted<>(run.train(arguments, loop), SpecTree::of, progress);
  }

  /** What is wrong with the request is found now, its records are read when training begins. */
  private Supplier<LaneDataset> lanes(AsyncTrainingClient run, Requests.Data data, LossSpec loss) {
    RunInfo of = run.info();
    DataSpec spec = data.spec(loss, ModelInfo.of(of.base()).context());
    return () -> LaneDataset.prepare(spark, spec, of.base(), of.lanes(), data.output());
  }

  /** Its keys are those of {@link SamplingParams}, and prompts. */
  private static Submitted<?> sample(AsyncTrainingClient run, JsonNode request) {
    ObjectNode params = request.deepCopy();
    JsonNode given = params.remove("prompts");
    ObjectNode own = object();
    own.set("prompts", given);
    List<String> prompts = BINDER.bind(Requests.Prompts.class, own, "").prompts();
    return new Submitted<>(
        run.sample(prompts, BINDER.bind(SamplingParams.greedy(64), params, "")),
        list("completions", SpecTree::of));
  }

  private static List<Example> batch(AsyncTrainingClient run, List<JsonNode> batch) {
    return ExampleJson.of(run, "batch", batch);
  }

  private static Optimizer optimizer(OptimizerSpec spec) {
    return spec.optimizer(spec.learningRate());
  }

  private static ObjectNode both(TrainBatchResult result) {
    ObjectNode both = object();
    both.set("forward_backward", SpecTree.of(result.forwardBackward()));
    both.set("optim_step", SpecTree.of(result.optimStep()));
    return both;
  }

  private static <T> Function<List<T>, ObjectNode> list(
      String key, Function<T, ObjectNode> element) {
    return values -> {
      ObjectNode object = object();
      ArrayNode array = object.putArray(key);
      values.forEach(value -> array.add(element.apply(value)));
      return object;
    };
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
