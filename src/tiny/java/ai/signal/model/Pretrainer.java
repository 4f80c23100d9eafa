package ai.signal.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Trains every weight of a model with AdamW, with the decoder program and a method more. One
 * thread, float32.
 */
public final class Pretrainer implements AutoCloseable {
  private final Program program;
  private final NDManager manager;
  private final NDList state; // weights, moments, where to decay, [size] each

  /**
   * What a step reports.
   *
   * @param loss mean cross-entropy in nats
   * @param gradNorm before clipping
   */
  public record Step(double loss, double gradNorm) {}

  /** AdamW's settings for one step. */
  public record Rates(
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double gradClip) {}

  /**
   * @param model float32 weights to start from
   * @param weights the same weights in the program's order: embedding, final norm, head, then layer
   *     by layer
   * @param decays [size] 1 where weight decay applies, else 0
   */
  public Pretrainer(ModelDirectory model, float[] weights, float[] decays) {
    String source = Program.source("decoder.py") + Program.source("pretraining.py");
    program =
        Decoder.program(source, model, DType.FLOAT32, Placement.of(model.config(), Device.cpu()));
    manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    try (Scope scope = new Scope(manager, 1)) {
      float[] loaded =
          program.call(scope, "weights", false, new NDList()).singletonOrThrow().toFloatArray();
      if (!Arrays.equals(loaded, weights)) {
        throw new IllegalArgumentException(
            "Cannot pretrain: the weights are not in the order of the program");
      }
    }
    state =
        new NDList(
            tensor(weights),
            tensor(new float[weights.length]),
            tensor(new float[weights.length]),
            tensor(decays));
  }

  /**
   * One step on sequences of at least two tokens, each token predicting the next of its sequence.
   *
   * @param number of this step, from 1
   */
  public Step step(List<int[]> sequences, int number, Rates rates) {
    Packing packing =
        Packing.of(sequences.stream().map(ids -> Arrays.copyOf(ids, ids.length - 1)).toList());
    int tokens = packing.tokens().length;
    long[] targets = new long[tokens];
    for (int i = 0; i < sequences.size(); i++) {
      int[] ids = sequences.get(i);
      for (int p = 1; p < ids.length; p++) {
        targets[packing.starts()[i] + p - 1] = ids[p];
      }
    }
    try (Scope scope = new Scope(manager, 1)) {
      NDList inputs = Decoder.named(state, "state[]");
      inputs.addAll(Decoder.named(Decoder.batch(scope, packing), "batch[]"));
      inputs.add(scope.tensor(targets, tokens));
      inputs.add(
          scope.tensor(
              rates.learningRate(),
              rates.beta1(),
              rates.beta2(),
              rates.epsilon(),
              rates.weightDecay(),
              rates.gradClip(),
              number));
      float[] result =
          program.call(scope, "pretrain", true, inputs).singletonOrThrow().toFloatArray();
      return new Step(result[0], result[1]);
    }
  }

  /** The weights as they are now, [size]. */
  public float[] weights() {
    return state.get(0).toFloatArray();
  }

  private NDArray tensor(float[] values) {
    return manager.create(FloatBuffer.wrap(values), new Shape(values.length), DataType.FLOAT32);
  }

  @Override
  public void close() {
    manager.close();
    program.close();
  }
}
