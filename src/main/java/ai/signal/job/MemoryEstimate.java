package ai.signal.job;

import ai.signal.model.DType;
import ai.signal.model.ModelConfig;

/**
 * Bytes that a job needs, from its model's shape and its token budget alone.
 *
 * <p>With T tokens of a micro-batch, b bytes of the compute dtype, P weights, A adapter values and
 * L lanes side by side in one executor:
 *
 * <ul>
 *   <li>weights: {@code P b}, mapped once per host
 *   <li>adapter of an executor: {@code 4 A (1 + 2 L)}: the adapter, and for each lane the sum of
 *       its gradients and the one being added
 *   <li>activations: {@code L T b layers (5 hidden + 3 query + 4 kv + 4 intermediate)}: what the
 *       backward pass of a decoder layer reads; with activation checkpointing {@code L T b (layers
 *       hidden + one layer)}
 *   <li>logits: {@code 2 L 32 MiB}: one chunk of them in float32, and its softmax
 *   <li>driver: {@code 4 A (4 + lanes)}: adapter, gradient and two moments, and what lanes send
 * </ul>
 *
 * @param weights of the base model
 * @param adapter of one executor
 * @param activations of one executor
 * @param logits of one executor
 * @param driver for the adapter, on the Java heap
 */
record MemoryEstimate(long weights, long adapter, long activations, long logits, long driver) {
  private static final long LOGITS_CHUNK = 32L << 20;

  /**
   * Of a resolved job.
   *
   * @param lanes side by side in one executor
   */
  static MemoryEstimate of(JobSpec spec, JobModel model, int lanes) {
    TrainStage training = TrainStage.firstOf(spec);
    return of(
        model.config(),
        model.layout().size(),
        DType.ofSpec(Names.of(spec.model().dtype())).bytes(),
        lanes,
        training.tokensPerMicrobatch(),
        training.activationCheckpointing());
  }

  /**
   * @param lanes of the job, all of them in one executor
   */
  static MemoryEstimate of(
      ModelConfig model,
      long adapterSize,
      int dtypeBytes,
      int lanes,
      long tokens,
      boolean checkpointing) {
    long layer =
        5L * model.hiddenSize()
            + 3L * model.queryWidth()
            + 4L * model.kvWidth()
            + 4L * model.intermediateSize();
    long perToken =
        checkpointing ? (long) model.layers() * model.hiddenSize() + layer : model.layers() * layer;
    return new MemoryEstimate(
        model.parameters() * dtypeBytes,
        4 * adapterSize * (1 + 2L * lanes),
        (long) lanes * tokens * perToken * dtypeBytes,
        2L * lanes * LOGITS_CHUNK,
        4 * adapterSize * (4L + lanes));
  }

  /** All of an executor's. */
  long executor() {
    return weights + adapter + activations + logits;
  }
}
