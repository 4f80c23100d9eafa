package ai.signal.client;

import ai.signal.cluster.GpuOffer;
import ai.signal.spec.KeyHints;
import ai.signal.spec.Names;
import ai.signal.spec.RecordBinder;
import ai.signal.spec.RunSpec;
import ai.signal.spec.Shown;
import ai.signal.spec.SpecException;
import ai.signal.spec.SpecTree;
import ai.signal.train.RunConfig;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * The way in for notebooks, which reach the JVM through py4j: JSON in, JSON out, one method for
 * each name. Keys and values are those of a job spec.
 *
 * <pre>{@code
 * signal = spark._jvm.ai.signal.client.Signal.on(spark._jsparkSession)
 * run = json.loads(signal.createRun('{"model": {"base": "builtin:tiny"}}'))["run_id"]
 * signal.trainBatch(run, '{"batch": [{"prompt": "...", "completion": "..."}]}')
 * }</pre>
 *
 * <p>An operation that fails throws a {@link SignalException}; {@link #error} describes it.
 */
public final class Signal implements AutoCloseable {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final RecordBinder BINDER = new RecordBinder(KeyHints.NONE);

  private final SparkSession spark;
  private final AsyncSignalClient client;
  private final RunOperations operations;
  private final SubmittedFutures futures = new SubmittedFutures();
  private final KeyedRequests creations = new KeyedRequests("create_run");

  private Signal(SparkSession spark) {
    this.spark = spark;
    this.client = AsyncSignalClient.on(spark);
    this.operations = new RunOperations(spark);
  }

  /** On a session, which stays the caller's. */
  public static Signal on(SparkSession spark) {
    return new Signal(spark);
  }

  /** {@code {model, name, lora, seed, cluster, tokens_per_microbatch, ...}} to a run's facts. */
  public String createRun(String json) {
    return create(json).result().toString();
  }

  /** {@code {runs: [...]}}: facts of those that are open. */
  public String runs() {
    return array("runs", client.runs().result(), Signal::facts);
  }

  /** The facts of a run, by its id or its name. */
  public String run(String run) {
    return facts(find(run).info()).toString();
  }

  /** Closes a run. */
  public String closeRun(String run) {
    client.closeRun(run).result();
    return "{}";
  }

  /** {@code {models: [...]}}: facts of those that ship with Signal. */
  public String models() {
    return array("models", client.models().result(), SpecTree::of);
  }

  /** The facts of a base model. */
  public String modelInfo(String base) {
    return SpecTree.of(client.modelInfo(base).result()).toString();
  }

  /** {@code {batch, loss}} to loss and log-probabilities. */
  public String forward(String run, String json) {
    return await("forward", run, json);
  }

  /** {@code {batch, loss}} to loss and log-probabilities; the gradient is added to the run's. */
  public String forwardBackward(String run, String json) {
    return await("forward_backward", run, json);
  }

  /** {@code {optimizer, normalization}}: applies the gradient. */
  public String optimStep(String run, String json) {
    return await("optim_step", run, json);
  }

  /** Drops the gradient. */
  public String zeroGrad(String run) {
    return await("zero_grad", run, "{}");
  }

  /** {@code {batch, loss, optimizer}} to {@code {forward_backward, optim_step}}. */
  public String trainBatch(String run, String json) {
    return await("train_batch", run, json);
  }

  /** {@code {examples | data, loss, optimizer, schedule, batch_size, epochs | steps, ...}}. */
  public String train(String run, String json) {
    return await("train", run, json);
  }

  /** {@code {prompts, max_tokens, temperature, ...}} to {@code {completions: [...]}}. */
  public String sample(String run, String json) {
    return await("sample", run, json);
  }

  /** {@code {path, mode}}: publishes the run's state. */
  public String saveState(String run, String json) {
    return await("save_state", run, json);
  }

  /** {@code {path}} to {@code {step}}: goes on from the newest checkpoint. */
  public String loadState(String run, String json) {
    return await("load_state", run, json);
  }

  /** {@code {path}}: begins anew with the adapter of the newest checkpoint. */
  public String loadWeights(String run, String json) {
    return await("load_weights", run, json);
  }

  /** {@code {steps: [...]}}: what every optim_step did, as in metrics.jsonl. */
  public String metrics(String run) {
    return await("metrics", run, "{}");
  }

  /**
   * Submits an operation and does not wait.
   *
   * @param operation {@code create_run}, {@code forward_backward}, ...
   * @param run its id or its name; empty for {@code create_run}
   * @return {@code {future_id, operation, sequence}}
   */
  public String submit(String operation, String run, String json) {
    Submitted<?> submitted =
        operation.equals("create_run") ? create(json) : submitted(operation, find(run), json);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("future_id", futures.add(submitted));
    answer.put("operation", operation);
    answer.put("sequence", submitted.future().sequence());
    return answer.toString();
  }

  /**
   * Waits for a result.
   *
   * @param timeoutSeconds how long at most; negative: as long as it takes. A {@code Number}, since
   *     py4j does not turn Python's 60 into a double
   */
  public String result(String future, Number timeoutSeconds) {
    Submitted<?> submitted = futures.get(future);
    double seconds = timeoutSeconds.doubleValue();
    if (seconds >= 0) {
      submitted.future().result(Duration.ofMillis(Math.round(seconds * 1000)));
    }
    return submitted.result().toString();
  }

  /** Whether there is a result or a failure. */
  public boolean done(String future) {
    return futures.get(future).future().isDone();
  }

  /** Takes an operation back that has not begun; ends training behind the step that has. */
  public boolean cancel(String future) {
    return futures.get(future).future().cancel();
  }

  /** How far a train operation is: {@code {step, steps, seconds_left, metrics, ...}}. */
  public String progress(String future) {
    return futures.get(future).shownProgress().toString();
  }

  /** {@code {kind, operation, sequence, message, causes: [{type, message}]}} of an exception. */
  public String error(Throwable failure) {
    ObjectNode error = JsonNodeFactory.instance.objectNode();
    if (failure instanceof SignalException known) {
      error.put("kind", Names.snake(known.getClass().getSimpleName()));
      error.put("operation", known.operation());
      error.put("sequence", known.sequence());
    }
    error.put("message", failure.getMessage());
    ArrayNode causes = error.putArray("causes");
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      causes.addObject().put("type", cause.getClass().getName()).put("message", cause.getMessage());
    }
    return error.toString();
  }

  /** Closes the runs that are still open, not the Spark session. */
  @Override
  public void close() {
    client.close();
  }

  private Submitted<?> create(String json) {
    return accepted(
        "create_run",
        () -> {
          ObjectNode request = tree(json);
          Optional<String> key = key(request);
          RunConfig config =
              BINDER
                  .bind(RunSpec.class, request, "")
                  .resolve(GpuOffer.of(spark.sparkContext().getConf()))
                  .config();
          Supplier<Submitted<?>> creation =
              () -> new Submitted<>(client.createRun(config), run -> facts(run.info()));
          return key.isPresent() ? creations.once(key.get(), request, creation) : creation.get();
        });
  }

  private String await(String operation, String run, String json) {
    return submitted(operation, find(run).awaiting(), json).result().toString();
  }

  private AsyncTrainingClient find(String run) {
    return client.run(run).result();
  }

  private Submitted<?> submitted(String operation, AsyncTrainingClient run, String json) {
    if (!operations.names().contains(operation)) {
      List<String> names = new ArrayList<>(operations.names());
      names.add(0, "create_run");
      String nearest =
          Names.nearest(operation, names).map(" (did you mean '%s'?)"::formatted).orElse("");
      throw new SignalException.Refused(
          operation,
          "there is no such operation%s, only %s".formatted(nearest, String.join(", ", names)),
          null);
    }
    return accepted(
        operation,
        () -> {
          ObjectNode request = tree(json);
          AsyncTrainingClient client = key(request).map(run::keyed).orElse(run);
          return operations.submit(operation, client, request);
        });
  }

  /** Takes the key off a request; null is none. */
  private static Optional<String> key(ObjectNode request) {
    JsonNode key = request.remove("idempotency_key");
    if (key == null || key.isNull()) {
      return Optional.empty();
    }
    if (!key.isTextual() || key.textValue().isBlank()) {
      throw new SpecException.Value("idempotency_key", Shown.of(key), "a text, not blank, or null");
    }
    return Optional.of(key.textValue());
  }

  private static <T> T accepted(String operation, Supplier<T> request) {
    try {
      return request.get();
    } catch (IllegalArgumentException e) { // a key or value of the request
      throw new SignalException.Refused(operation, e.getMessage(), e);
    }
  }

  private static ObjectNode tree(String json) {
    try {
      if (JSON.readTree(json) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new SpecException.Value("request", "is not JSON: " + e.getOriginalMessage());
    }
    throw new SpecException.Value("request", "is not a JSON object");
  }

  private static ObjectNode facts(RunInfo run) {
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts.put("run_id", run.id());
    facts.setAll(SpecTree.of(run));
    facts.set("lora", LoraSettings.write(run.lora()));
    facts.remove("id");
    return facts;
  }

  private static <T> String array(String key, List<T> values, Function<T, ObjectNode> element) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    ArrayNode array = object.putArray(key);
    values.forEach(value -> array.add(element.apply(value)));
    return object.toString();
  }
}
