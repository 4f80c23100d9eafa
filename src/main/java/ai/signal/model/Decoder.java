package ai.signal.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * The typed face of the decoder program ({@code decoder.py}): a base model's weights in native
 * memory, and the calls that compute with them. It keeps nothing of a run; any number of threads
 * may call it at once, each in its own {@link Scope}.
 *
 * <p>Training is three visible steps, with the loss in between in plain Java: {@link #trunk},
 * {@link #head}, {@link #backward}.
 */
public final class Decoder implements AutoCloseable {
  private static final String SOURCE = Program.source("decoder.py");

  private final Program program;
  private final NDManager manager;
  private final DirectBuffers buffers = new DirectBuffers();
  private final ModelConfig config;
  private final DType dtype;

  private Decoder(Program program, NDManager manager, ModelConfig config, DType dtype) {
    this.program = program;
    this.manager = manager;
    this.config = config;
    this.dtype = dtype;
  }

  /**
   * Loads a model's weights: maps them on a CPU, where those stored in another type than {@code
   * dtype} are converted, and copies them to a GPU.
   *
   * @param devices one, or several that share the layers; see {@link Placement}
   */
  public static Decoder load(ModelDirectory model, DType dtype, Device... devices) {
    return load(SOURCE, model, dtype, devices);
  }

  static Decoder load(String source, ModelDirectory model, DType dtype, Device... devices) {
    Program program = program(source, model, dtype, Placement.of(model.config(), devices));
    return new Decoder(program, host(), model.config(), dtype);
  }

  /** What Java makes lies in the host's memory; the program moves it. */
  private static NDManager host() {
    return NDManager.newBaseManager(Device.cpu(), "PyTorch");
  }

  /** A program that is the decoder, or begins with it, with a model's weights in it. */
  static Program program(String source, ModelDirectory model, DType dtype, Placement placement) {
    WeightPlan plan = WeightPlan.of(model);
    ModelConfig config = model.config();
    Program program = Program.load("Decoder", source, attributes(config, plan, dtype, placement));
    try (NDManager manager = host();
        Scope scope = new Scope(manager, 1)) {
      NDArray frequencies =
          scope
              .manager()
              .create(
                  config.ropeScaling().inverseFrequencies(config.ropeTheta(), config.headDim()));
      program.call(
          scope,
          "load",
          false,
          new NDList(
              scope.tensor(plan.rows(), plan.rows().length / 5, 5),
              scope.tensor(plan.fileBytes(), plan.fileBytes().length),
              frequencies));
      return program;
    } catch (RuntimeException e) {
      program.close();
      throw e;
    }
  }

  private static Map<String, Object> attributes(
      ModelConfig config, WeightPlan plan, DType dtype, Placement placement) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("training", true);
    attributes.put("layers", config.layers());
    attributes.put("heads", config.heads());
    attributes.put("kv_heads", config.kvHeads());
    attributes.put("head_dim", config.headDim());
    attributes.put("eps", config.rmsNormEps());
    attributes.put("dtype", dtype.torchCode());
    attributes.put("places", placement.torchNames());
    attributes.put("files", plan.files());
    attributes.put("base", List.of());
    attributes.put("biases", List.of());
    attributes.put("frequencies", List.of());
    return attributes;
  }

  public ModelConfig config() {
    return config;
  }

  public DType dtype() {
    return dtype;
  }

  /**
   * A scope for the calling thread.
   *
   * @param threads intra-op threads of its native calls, at least 1
   */
  public Scope scope(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("Cannot compute with " + threads + " threads");
    }
    return new Scope(manager, threads);
  }

  /**
   * Copies an adapter into native memory.
   *
   * @param values as its shape says
   */
  public NativeAdapter adapter(float[] values, AdapterShape shape) {
    return adapter(values.length, target -> target.put(values), shape);
  }

  /**
   * The same for values that lie elsewhere.
   *
   * @param size number of values
   * @param values copies them into native memory
   */
  public NativeAdapter adapter(int size, Consumer<FloatBuffer> values, AdapterShape shape) {
    if (size != shape.size(config)) {
      throw new IllegalArgumentException(
          "Cannot use adapter: it has " + size + " values, its shape " + shape.size(config));
    }
    ByteBuffer buffer = buffers.take(Math.multiplyExact(size, Float.BYTES));
    values.accept(buffer.asFloatBuffer());
    NDArray flat = manager.create(buffer, new Shape(size), DataType.FLOAT32);
    long[] numbers = shape.numbers();
    try (Scope scope = scope(1)) {
      NDArray scaling = scope.tensor(shape.scalings());
      NDList inputs = new NDList(flat, scope.tensor(numbers, numbers.length), scaling);
      NDList parts = program.call(scope, "adapter", false, inputs);
      parts.attach(manager);
      Runnable release =
          () -> {
            flat.close();
            buffers.give(buffer);
          };
      return new NativeAdapter(shape, parts, release);
    }
  }

  /** A gradient of zeros for an adapter of that size. */
  public NativeGradient gradient(Scope scope, int size) {
    NDList inputs = new NDList(scope.tensor((long) size));
    return new NativeGradient(program.call(scope, "gradient", false, inputs).singletonOrThrow());
  }

  /**
   * Forward up to the final norm.
   *
   * @param checkpointed keeps only each layer's input, and computes the layers again in {@link
   *     #backward}
   */
  public Trunk trunk(
      Scope scope, NativeAdapter adapter, Packing packing, Dropout dropout, boolean checkpointed) {
    NDList lora = lora(scope, adapter, adapter.values(), dropout);
    NDList batch = batch(scope, packing);
    NDList inputs = named(lora, "lora[]").addAll(named(batch, "batch[]"));
    NDList saved =
        program.call(scope, checkpointed ? "trunk_checkpointed" : "trunk", !checkpointed, inputs);
    return new Trunk(lora, batch, saved);
  }

  /**
   * Forward without a backward pass: keeps nothing but its result.
   *
   * @param layers that it goes through, from 0 (the embeddings) to all, after which comes the final
   *     norm: hidden_states of transformers
   */
  public Trunk hidden(Scope scope, NativeAdapter adapter, Packing packing, int layers) {
    NDList lora = lora(scope, adapter, adapter.values(), Dropout.NONE);
    NDList batch = batch(scope, packing);
    NDList inputs = named(lora, "lora[]").addAll(named(batch, "batch[]"));
    inputs.add(scope.tensor((long) layers));
    return new Trunk(lora, batch, program.call(scope, "hidden", false, inputs));
  }

  /**
   * Means of hidden states.
   *
   * @param spans [n, 2] row-major: first token in the packing, and how many
   * @return [n, hidden] row-major
   */
  public float[] means(Scope scope, Trunk trunk, long[] spans) {
    NDList inputs = new NDList(single(trunk.saved().get(0)));
    inputs.add(scope.tensor(spans, spans.length / 2, 2));
    return program.call(scope, "means", false, inputs).singletonOrThrow().toFloatArray();
  }

  /**
   * Log-probabilities of targets at some positions. Positions left out cost nothing.
   *
   * @param rows [n] places in the packing, each at most once
   * @param targets [n, K] row-major token ids, different within a row
   * @param train whether {@link #backward} will follow
   */
  public Head head(Scope scope, Trunk trunk, long[] rows, long[] targets, boolean train) {
    int k = targets.length / rows.length;
    NDArray at = scope.tensor(rows, rows.length);
    NDArray wanted = scope.tensor(targets, rows.length, k);
    NDList inputs = named(trunk.lora(), "lora[]");
    inputs.add(single(trunk.saved().get(0)));
    inputs.add(at);
    inputs.add(wanted);
    inputs.add(scope.tensor(train ? 1L : 0L));
    return new Head(at, wanted, program.call(scope, "head", false, inputs));
  }

  /**
   * What the adapter's score head makes of some positions.
   *
   * @param rows [n] places in the packing, each at most once
   */
  public Head scores(Scope scope, Trunk trunk, long... rows) {
    NDArray at = scope.tensor(rows, rows.length);
    NDList inputs = named(trunk.lora(), "lora[]");
    inputs.add(single(trunk.saved().get(0)));
    inputs.add(at);
    return Head.ofScores(at, program.call(scope, "scores", false, inputs));
  }

  /**
   * Adds the adapter's gradient to a sum.
   *
   * @param coefficients [n, K] row-major: the derivative of the loss by each log-probability, or
   *     score, of the head
   */
  public void backward(
      Scope scope, Trunk trunk, Head head, float[] coefficients, NativeGradient gradient) {
    NDArray c =
        scope
            .manager()
            .create(
                FloatBuffer.wrap(coefficients), head.outputs().get(0).getShape(), DataType.FLOAT32);
    NDList inputs = named(trunk.lora(), "lora[]");
    inputs.addAll(named(trunk.batch(), "batch[]"));
    inputs.addAll(named(trunk.saved(), "saved[]"));
    inputs.add(head.rows());
    if (head.ofScores()) {
      inputs.add(c);
      inputs.add(gradient.sum());
      program.call(scope, "scores_backward", true, inputs);
      return;
    }
    inputs.add(head.targets());
    inputs.add(c);
    inputs.addAll(named(head.outputs(), "head[]"));
    inputs.add(gradient.sum());
    program.call(scope, "backward", true, inputs);
  }

  /**
   * Room for the keys and values of a fixed number of sequences, each up to {@code capacity}
   * tokens.
   */
  public KvCache cache(Scope scope, int rows, int capacity) {
    NDList tensors =
        program.call(
            scope,
            "cache",
            false,
            new NDList(scope.tensor((long) rows), scope.tensor((long) capacity)));
    return new KvCache(tensors, rows, capacity);
  }

  /**
   * Runs a prompt through the model, alone.
   *
   * @param prompt [n] at least one token
   */
  public Prefix prefill(Scope scope, NativeAdapter adapter, int[] prompt) {
    NDList inputs = named(lora(scope, adapter, adapter.cast(), Dropout.NONE), "lora[]");
    inputs.addAll(named(batch(scope, Packing.of(List.of(prompt))), "batch[]"));
    return new Prefix(prompt, program.call(scope, "prefill", false, inputs));
  }

  /** Copies a prompt's keys and values into a row of the cache. */
  public void seat(Scope scope, Prefix prefix, KvCache cache, int row) {
    NDList inputs = named(prefix.tensors(), "prefix[]");
    inputs.addAll(named(cache.tensors(), "cache[]"));
    inputs.add(scope.tensor((long) row));
    program.call(scope, "seat", false, inputs);
  }

  /** The token behind a prompt. */
  public Choice first(Scope scope, NativeAdapter adapter, Prefix prefix, Draws draws) {
    NDList lora = lora(scope, adapter, adapter.cast(), Dropout.NONE);
    return choose(scope, lora, prefix.last(), draws);
  }

  /** Log-probabilities of a prompt's own tokens, [n]; NaN for the first, which nothing predicts. */
  public float[] logprobs(Scope scope, NativeAdapter adapter, Prefix prefix) {
    int[] prompt = prefix.tokens();
    float[] logprobs = new float[prompt.length];
    logprobs[0] = Float.NaN;
    if (prompt.length > 1) {
      long[] rows = LongStream.range(0, prompt.length - 1).toArray();
      long[] targets = Arrays.stream(prompt, 1, prompt.length).asLongStream().toArray();
      NDList inputs = named(lora(scope, adapter, adapter.cast(), Dropout.NONE), "lora[]");
      inputs.add(single(prefix.hidden()));
      inputs.add(scope.tensor(rows, rows.length));
      inputs.add(scope.tensor(targets, targets.length, 1));
      inputs.add(scope.tensor(0L));
      float[] found = program.call(scope, "head", false, inputs).singletonOrThrow().toFloatArray();
      System.arraycopy(found, 0, logprobs, 1, found.length);
    }
    return logprobs;
  }

  /** The {@code k} most likely tokens behind each token of a prompt, [n, k]. */
  public TopTokens top(Scope scope, NativeAdapter adapter, Prefix prefix, int k) {
    NDList inputs = named(lora(scope, adapter, adapter.cast(), Dropout.NONE), "lora[]");
    inputs.add(single(prefix.hidden()));
    inputs.add(scope.tensor((long) k));
    NDList found = program.call(scope, "top", false, inputs);
    return top(k, found.get(0), found.get(1));
  }

  /**
   * One token further in every row of the cache.
   *
   * @param tokens [rows] the token to append
   * @param positions [rows] its place in the row's sequence
   * @param draws how each row takes the next token
   */
  public Choice decode(
      Scope scope,
      NativeAdapter adapter,
      long[] tokens,
      long[] positions,
      KvCache cache,
      Draws draws) {
    NDList lora = lora(scope, adapter, adapter.cast(), Dropout.NONE);
    NDList inputs = named(lora, "lora[]");
    inputs.add(scope.tensor(tokens, tokens.length));
    inputs.add(scope.tensor(positions, positions.length));
    long[] runs = cache.runs(positions);
    inputs.add(scope.tensor(runs, runs.length / 3, 3));
    inputs.add(
        scope
            .manager()
            .create(
                FloatBuffer.wrap(cache.mask(positions)),
                new Shape(cache.rows(), 1, 1, cache.capacity()),
                DataType.FLOAT32));
    inputs.addAll(named(cache.tensors(), "cache[]"));
    NDArray hidden = program.call(scope, "decode", false, inputs).singletonOrThrow();
    return choose(scope, lora, hidden, draws);
  }

  private Choice choose(Scope scope, NDList lora, NDArray hidden, Draws draws) {
    NDList inputs = named(lora, "lora[]");
    inputs.add(single(hidden));
    long[] seen = draws.seen();
    long[] banned = draws.banned();
    inputs.add(scope.tensor(draws.how()).reshape(draws.rows(), -1));
    inputs.add(scope.tensor(seen, seen.length / 3, 3));
    inputs.add(scope.tensor(banned, banned.length / 2, 2));
    inputs.add(scope.tensor((long) draws.top()));
    NDList chosen = program.call(scope, "choose", false, inputs);
    return new Choice(
        chosen.get(0).toLongArray(),
        chosen.get(1).toFloatArray(),
        top(draws.top(), chosen.get(2), chosen.get(3)));
  }

  private static TopTokens top(int k, NDArray ids, NDArray logprobs) {
    return k == 0
        ? TopTokens.NONE
        : new TopTokens(
            k,
            Arrays.stream(ids.toLongArray()).mapToInt(Math::toIntExact).toArray(),
            logprobs.toFloatArray());
  }

  private NDList lora(Scope scope, NativeAdapter adapter, NDArray values, Dropout dropout) {
    long[] seeds = dropout.seeds(config.layers());
    long[] shape = adapter.shape().numbers();
    NDList lora =
        new NDList(
            values,
            scope.tensor(shape, shape.length),
            scope.tensor(adapter.shape().factors(dropout.rate())),
            scope.tensor(seeds, seeds.length));
    return lora.addAll(adapter.others());
  }

  static NDList batch(Scope scope, Packing packing) {
    int tokens = packing.tokens().length;
    return new NDList(
        scope.tensor(packing.tokens(), tokens),
        scope.tensor(packing.positions(), tokens),
        scope.tensor(packing.groups(), packing.groups().length / 2, 2));
  }

  static NDList named(NDList arrays, String name) {
    arrays.forEach(array -> array.setName(name));
    return new NDList(arrays);
  }

  private static NDArray single(NDArray array) {
    array.setName(null);
    return array;
  }

  @Override
  public void close() {
    manager.close();
    program.close();
  }
}
