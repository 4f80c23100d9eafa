package ai.signal.cluster;

import ai.signal.lora.AdapterLayout;
import ai.signal.model.DType;
import ai.signal.model.ModelConfig;
import ai.signal.model.Placement;
import org.apache.spark.SparkConf;

/**
 * Bytes that a run needs, from its model's shape and its micro-batches. The terms follow what the
 * decoder program keeps; docs/memory.md holds them to measurements.
 *
 * <p>With T tokens of a micro-batch, b bytes of the compute dtype, A adapter values, L lanes side
 * by side in an executor, and h, q, kv, i the model's hidden, query, key-value and MLP widths:
 *
 * <ul>
 *   <li>weights: b for each, mapped once per host, or converted
 *   <li>adapter: as it came, in float32 and in the compute dtype, and of each lane the gradients'
 *       sum, the gradient being added and its bytes on the way out
 *   <li>activations: of a lane {@code T layers ((8h + 5q + kv + 4i) b + 8h)}, the last term below
 *       float32 only, where norms keep a float32 copy; and with DoRA {@code b} for each output of
 *       the targets, twice with dropout; with activation checkpointing each layer's input and one
 *       layer
 *   <li>logits: of a lane four float32 copies of a chunk of them
 *   <li>workspace: of a lane float32 copies of the head's matrix, which the kernels of its products
 *       pack: three where it is float32, else two; none on GPUs
 *   <li>process: the JVM, libtorch and their caches, measured; on GPUs the CUDA context
 *   <li>driver: 4 A (8 + 3 per gradient received): adapter, gradient, two moments, the next version
 *       and what lanes send, with copies on the heap that are garbage soon; and the JVM
 * </ul>
 *
 * @param weights of the base model
 * @param adapter of one executor
 * @param activations of one executor
 * @param recomputed part of {@code activations} that every device of a replica has whole: the layer
 *     that activation checkpointing computes again
 * @param logits of one executor
 * @param workspace of one executor
 * @param process of one executor
 * @param driver all of it
 */
public record MemoryEstimate(
    long weights,
    long adapter,
    long activations,
    long recomputed,
    long logits,
    long workspace,
    long process,
    long driver) {
  private static final long MIB = 1L << 20;
  private static final long LOGITS_OF_A_CHUNK = 1 << 23; // as decoder.py cuts them
  private static final long FEWEST_ROWS = 16;

  /** Resident bytes of an executor that has computed a step of a very small model. */
  private static final long EXECUTOR_PROCESS = 400 * MIB;

  /** The same of a driver. */
  private static final long DRIVER_PROCESS = 340 * MIB;

  /** What the executor's share of a JVM adds that is a driver already, in local mode. */
  private static final long LOCAL_EXECUTOR = 110 * MIB;

  /** CUDA's context, its libraries' workspaces and what the allocator keeps for later. */
  private static final long GPU_PROCESS = 1536 * MIB;

  /**
   * What micro-batches look like.
   *
   * @param lanes side by side in one executor, at least 1
   * @param lanesOfJob whose gradients are summed, at least 1; the driver receives all of them, or
   *     one sum where they are many bytes
   * @param tokens of a micro-batch, at least 1
   * @param checkpointing whether activations are computed again
   */
  public record Work(int lanes, int lanesOfJob, long tokens, boolean checkpointing) {}

  /**
   * What is trained.
   *
   * @param size values
   * @param outputs of the decoder layers' modules that are kept for each token, beside what LoRA
   *     keeps
   */
  public record Adapter(long size, long outputs) {
    public static Adapter of(AdapterLayout layout) {
      long outputs =
          layout.tensors().stream()
              .filter(tensor -> tensor.kind() == AdapterLayout.Kind.MAGNITUDE)
              .filter(tensor -> tensor.module().startsWith("model.layers."))
              .mapToLong(AdapterLayout.Tensor::rows)
              .sum();
      return new Adapter(layout.size(), layout.lora().dropout() > 0 ? 2 * outputs : outputs);
    }
  }

  /** An estimate. */
  public static MemoryEstimate of(ModelConfig model, DType dtype, Adapter adapter, Work work) {
    long adapterSize = adapter.size;
    long layer = layer(model, dtype) + adapter.outputs / model.layers() * dtype.bytes();
    long perToken =
        work.checkpointing
            ? (long) model.layers() * model.hiddenSize() * dtype.bytes() + layer
            : model.layers() * layer;
    long rows = Math.min(work.tokens, Math.max(FEWEST_ROWS, LOGITS_OF_A_CHUNK / model.vocabSize()));
    boolean shuffled =
        ReductionPath.of(new SparkConf(), work.lanesOfJob, adapterSize * Float.BYTES).shuffled();
    int received = shuffled ? 1 : work.lanesOfJob;
    int packed = dtype == DType.FLOAT32 ? 3 : 2;
    long copies = dtype == DType.FLOAT32 ? 0 : dtype.bytes();
    return new MemoryEstimate(
        model.parameters() * dtype.bytes(),
        adapterSize * (2 * Float.BYTES + copies + 3L * Float.BYTES * work.lanes),
        work.lanes * work.tokens * perToken,
        work.checkpointing ? work.lanes * work.tokens * layer : 0,
        4L * Float.BYTES * work.lanes * rows * model.vocabSize(),
        (long) packed * Float.BYTES * work.lanes * model.vocabSize() * model.hiddenSize(),
        EXECUTOR_PROCESS,
        adapterSize * Float.BYTES * (8 + 3L * received) + DRIVER_PROCESS);
  }

  /** Bytes that the backward pass of one layer needs of each token. */
  private static long layer(ModelConfig model, DType dtype) {
    long values =
        8L * model.hiddenSize()
            + 5L * model.queryWidth()
            + model.kvWidth()
            + 4L * model.intermediateSize();
    return values * dtype.bytes() + (dtype == DType.FLOAT32 ? 0 : 8L * model.hiddenSize());
  }

  /** All of an executor's. */
  public long executor() {
    return weights + adapter + activations + logits + workspace + process;
  }

  /** What an executor that is up takes more of when it trains. */
  public long growth() {
    return executor() - process;
  }

  /** All of the process that is driver and executor in local mode. */
  public long local() {
    return executor() - process + LOCAL_EXECUTOR + driver;
  }

  /**
   * Of the GPU that is fullest when a replica is spread over several: its layers with their
   * activations, the logits and all of the adapter.
   *
   * @param gpus at least 1, at most the model's layers
   */
  public long gpu(ModelConfig model, int gpus) {
    double share = Placement.largestShare(model, gpus);
    long shared = weights + activations - recomputed;
    return Math.round(share * shared) + recomputed + adapter + logits + GPU_PROCESS;
  }
}
