package ai.signal.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The yardstick of {@link TrainingBenchmark}: {@code fused_step.py} on the same weights, adapter
 * and tokens.
 */
final class FusedStep implements AutoCloseable {
  private final Program program;
  private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
  private final NDList lora = new NDList();
  private final NDArray cos;
  private final NDArray sin;
  private final long sequences;
  private final long length;

  FusedStep(
      ModelDirectory model,
      DType dtype,
      float[] adapter,
      int rank,
      double scaling,
      int sequences,
      int length)
      throws IOException {
    ModelConfig config = model.config();
    this.sequences = sequences;
    this.length = length;
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("training", true);
    attributes.put("layers", config.layers());
    attributes.put("heads", config.heads());
    attributes.put("kv_heads", config.kvHeads());
    attributes.put("head_dim", config.headDim());
    attributes.put("eps", config.rmsNormEps());
    attributes.put("scaling", scaling);
    attributes.put("dtype", dtype.torchCode());
    attributes.put("base", List.of());
    this.program = Program.load("Fused", Program.source("fused_step.py"), attributes);
    addWeights(model);
    addAdapter(config, adapter, rank);
    this.cos = angles(config, true);
    this.sin = angles(config, false);
  }

  private void addWeights(ModelDirectory model) throws IOException {
    // Embedding and final norm first, then layer by layer.
    List<String> names =
        model.config().weights().keySet().stream()
            .filter(name -> name.startsWith("model.layers."))
            .toList();
    add(model.tensor("model.embed_tokens.weight"));
    add(model.tensor("model.norm.weight"));
    for (String name : names) {
      add(model.tensor(name));
    }
  }

  private void add(TensorRef tensor) throws IOException {
    try (FileChannel file = FileChannel.open(tensor.file(), StandardOpenOption.READ);
        Scope scope = new Scope(manager, 1)) {
      FloatBuffer values =
          file.map(MapMode.READ_ONLY, tensor.offset(), 4 * tensor.elements())
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer();
      Shape shape = new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
      // Kept by the manager: the program's tensor may be the same memory.
      program.call(
          scope, "add", false, new NDList(manager.create(values, shape, DataType.FLOAT32)));
    }
  }

  private void addAdapter(ModelConfig config, float[] adapter, int rank) {
    int at = 0;
    for (int layer = 0; layer < config.layers(); layer++) {
      for (int[] shape : shapes(config)) {
        at = leaf(adapter, at, rank, shape[1]);
        at = leaf(adapter, at, shape[0], rank);
      }
    }
  }

  /** [out, in] of q, k, v, o, gate, up, down. */
  static List<int[]> shapes(ModelConfig c) {
    int hidden = c.hiddenSize();
    return List.of(
        new int[] {c.queryWidth(), hidden},
        new int[] {c.kvWidth(), hidden},
        new int[] {c.kvWidth(), hidden},
        new int[] {hidden, c.queryWidth()},
        new int[] {c.intermediateSize(), hidden},
        new int[] {c.intermediateSize(), hidden},
        new int[] {hidden, c.intermediateSize()});
  }

  private int leaf(float[] adapter, int at, int rows, int columns) {
    NDArray leaf =
        manager.create(
            FloatBuffer.wrap(adapter, at, rows * columns).slice(),
            new Shape(rows, columns),
            DataType.FLOAT32);
    leaf.setRequiresGradient(true);
    leaf.setName("lora[]");
    lora.add(leaf);
    return at + rows * columns;
  }

  private NDArray angles(ModelConfig config, boolean cosine) {
    float[] frequencies =
        config.ropeScaling().inverseFrequencies(config.ropeTheta(), config.headDim());
    float[] table = new float[Math.toIntExact(length) * config.headDim()];
    for (int i = 0; i < table.length; i++) {
      int position = i / config.headDim();
      float angle = position * frequencies[i % frequencies.length];
      table[i] = (float) (cosine ? Math.cos(angle) : Math.sin(angle));
    }
    return manager.create(
        FloatBuffer.wrap(table), new Shape(length, config.headDim()), DataType.FLOAT32);
  }

  /** -> mean loss; the gradients are copied out, as ours are. */
  float run(int threads, long[] tokens, long[] targets) {
    try (Scope scope = new Scope(manager, threads)) {
      NDList inputs =
          new NDList(
              scope.tensor(tokens, sequences, length),
              scope.tensor(targets, sequences, length),
              cos,
              sin);
      inputs.addAll(lora);
      NDList out = program.call(scope, "step", true, inputs);
      for (NDArray gradient : out.subNDList(1)) {
        gradient.toFloatArray();
      }
      return out.get(0).toFloatArray()[0];
    }
  }

  @Override
  public void close() {
    manager.close();
    program.close();
  }
}
