package ai.signal.goldens;

import ai.djl.Device;
import ai.signal.goldens.GoldenCase.Sequence;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.model.Decoder;
import ai.signal.model.Dropout;
import ai.signal.model.Head;
import ai.signal.model.ModelDirectory;
import ai.signal.model.NativeAdapter;
import ai.signal.model.NativeGradient;
import ai.signal.model.Packing;
import ai.signal.model.Scope;
import ai.signal.model.Trunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A golden model in the decoder, with its adapter as one flat vector. */
final class GoldenModel implements AutoCloseable {
  private final Decoder decoder;
  private final AdapterLayout layout;
  private final float[] initial;

  /** How the backward pass is computed. */
  enum Backward {
    PLAIN,
    CHECKPOINTED
  }

  /**
   * What a training pass gives.
   *
   * @param lossSum weighted nats
   * @param gradient of the sum, flat
   */
  @SuppressWarnings("ArrayRecordComponent") // read once
  record Pass(double lossSum, float[] gradient) {}

  private GoldenModel(Decoder decoder, LoraConfig lora, Map<String, float[]> adapter) {
    this.decoder = decoder;
    this.layout = AdapterLayout.of(decoder.config(), lora);
    this.initial = flat(adapter);
  }

  static GoldenModel load(GoldenCase golden, DType dtype) {
    return load(golden, dtype, Device.cpu());
  }

  static GoldenModel load(GoldenCase golden, DType dtype, Device... devices) {
    Decoder decoder = Decoder.load(ModelDirectory.open(golden.model()), dtype, devices);
    return new GoldenModel(decoder, golden.lora(), golden.adapterTensors());
  }

  Decoder decoder() {
    return decoder;
  }

  AdapterLayout layout() {
    return layout;
  }

  /** The golden adapter, a copy. */
  float[] initial() {
    return initial.clone();
  }

  /** The golden adapter with every B zero, as in the first step of a run. */
  float[] withoutB() {
    float[] values = initial.clone();
    for (AdapterLayout.Tensor tensor : layout.tensors()) {
      if (tensor.kind() == AdapterLayout.Kind.B) {
        Arrays.fill(values, tensor.offset(), tensor.offset() + tensor.size(), 0);
      }
    }
    return values;
  }

  /** Lays tensors with PEFT's names out as the decoder takes them. */
  float[] flat(Map<String, float[]> tensors) {
    return flat(layout, tensors);
  }

  static float[] flat(AdapterLayout layout, Map<String, float[]> tensors) {
    float[] flat = new float[layout.size()];
    for (AdapterLayout.Tensor tensor : layout.tensors()) {
      float[] values = tensors.get("base_model.model." + tensor.name());
      System.arraycopy(values, 0, flat, tensor.offset(), values.length);
    }
    return flat;
  }

  NativeAdapter adapter(float[] flat) {
    return decoder.adapter(flat, layout.shape());
  }

  /** Log-probabilities of all targets, sequence after sequence, out of one packing. */
  float[] logprobs(List<Sequence> batch) {
    Packing packing = packing(batch);
    List<long[]> at = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      for (int p = 0; p < batch.get(i).tokens().length; p++) {
        at.add(new long[] {(long) packing.starts()[i] + p, batch.get(i).targets()[p]});
      }
    }
    try (Scope scope = decoder.scope(1);
        NativeAdapter adapter = adapter(initial)) {
      Trunk trunk = decoder.trunk(scope, adapter, packing, Dropout.NONE, false);
      long[] rows = at.stream().mapToLong(a -> a[0]).toArray();
      long[] targets = at.stream().mapToLong(a -> a[1]).toArray();
      return decoder.head(scope, trunk, rows, targets, false).logprobs();
    }
  }

  /** Cross-entropy and its gradient at an adapter, added up over micro-batches. */
  Pass train(float[] flat, List<List<Sequence>> microbatches, Dropout dropout, Backward backward) {
    double loss = 0;
    try (Scope scope = decoder.scope(1);
        NativeAdapter adapter = adapter(flat)) {
      NativeGradient gradient = decoder.gradient(scope, layout.size());
      for (List<Sequence> batch : microbatches) {
        try (Scope inner = scope.inner()) {
          loss += train(inner, adapter, batch, dropout, backward, gradient);
        }
      }
      return new Pass(loss, gradient.toArray());
    }
  }

  /** The same at the golden adapter, without dropout, in one packing. */
  Pass train(List<Sequence> batch) {
    return train(initial, List.of(batch), Dropout.NONE, Backward.PLAIN);
  }

  private double train(
      Scope scope,
      NativeAdapter adapter,
      List<Sequence> batch,
      Dropout dropout,
      Backward backward,
      NativeGradient gradient) {
    Packing packing = packing(batch);
    List<long[]> at = new ArrayList<>();
    List<Float> weights = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Sequence sequence = batch.get(i);
      for (int p = 0; p < sequence.tokens().length; p++) {
        if (sequence.weights()[p] > 0) {
          at.add(new long[] {(long) packing.starts()[i] + p, sequence.targets()[p]});
          weights.add(sequence.weights()[p]);
        }
      }
    }
    long[] rows = at.stream().mapToLong(a -> a[0]).toArray();
    long[] targets = at.stream().mapToLong(a -> a[1]).toArray();
    Trunk trunk =
        decoder.trunk(scope, adapter, packing, dropout, backward == Backward.CHECKPOINTED);
    Head head = decoder.head(scope, trunk, rows, targets, true);
    float[] logprobs = head.logprobs();
    float[] coefficients = new float[logprobs.length];
    double loss = 0;
    for (int i = 0; i < logprobs.length; i++) {
      coefficients[i] = -weights.get(i);
      loss -= (double) weights.get(i) * logprobs[i];
    }
    decoder.backward(scope, trunk, head, coefficients, gradient);
    return loss;
  }

  /**
   * The gradient of the sum of coefficients times log-probabilities, of any number of targets a
   * row.
   */
  float[] gradient(List<Sequence> batch, long[] rows, long[] targets, float[] coefficients) {
    try (Scope scope = decoder.scope(1);
        NativeAdapter adapter = adapter(initial)) {
      NativeGradient gradient = decoder.gradient(scope, layout.size());
      Trunk trunk = decoder.trunk(scope, adapter, packing(batch), Dropout.NONE, false);
      Head head = decoder.head(scope, trunk, rows, targets, true);
      decoder.backward(scope, trunk, head, coefficients, gradient);
      return gradient.toArray();
    }
  }

  private static Packing packing(List<Sequence> batch) {
    return Packing.of(batch.stream().map(Sequence::tokens).toList());
  }

  @Override
  public void close() {
    decoder.close();
  }
}
