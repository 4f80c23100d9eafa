package ai.signal.lora;

import ai.signal.lora.AdapterLayout.Kind;
import ai.signal.lora.AdapterLayout.Tensor;
import ai.signal.model.DType;
import ai.signal.model.TensorRef;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A weight of a model with an adapter merged in, computed a row at a time: in memory are a row and
 * the module's own part of the adapter.
 *
 * <p>As PEFT's {@code merge_and_unload}: {@code W + scaling (B A)}, with DoRA each row times its
 * magnitude over its norm, what is trained whole in the base's place. All of it is computed in
 * float32, the same bits everywhere, and rounded once to the dtype that is written. PEFT 0.17 too
 * makes {@code scaling (B A)} and its sum with W in float32, also on a base in half precision, and
 * rounds once; only the order in which its matrix product adds is another.
 *
 * @param base of the base model; null where it has none, of a score head
 * @param adapter what the adapter has of its module, none for most vectors
 */
record MergedWeight(
    String name,
    DType dtype,
    List<Long> shape,
    TensorRef base,
    Map<Kind, Tensor> adapter,
    double scaling) {
  private static final int CHUNK = 1 << 16;

  long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  long bytes() {
    return elements() * dtype.bytes();
  }

  void writeTo(OutputStream out, AdapterValues values) throws IOException {
    if (adapter.containsKey(Kind.WHOLE)) {
      writeTrained(out, values);
    } else if (adapter.isEmpty()) {
      writeBase(out);
    } else {
      writeMerged(out, values);
    }
  }

  private void writeTrained(OutputStream out, AdapterValues values) throws IOException {
    Tensor trained = adapter.get(Kind.WHOLE);
    FloatWriter writer = new FloatWriter(name, dtype, out);
    float[] chunk = new float[Math.min(CHUNK, trained.size())];
    for (int done = 0; done < trained.size(); done += chunk.length) {
      int count = Math.min(chunk.length, trained.size() - done);
      values.copy(trained.offset() + done, chunk, count);
      writer.write(chunk, count);
    }
  }

  private void writeBase(OutputStream out) throws IOException {
    try (WeightStream in = new WeightStream(base)) {
      if (base.dtype() == dtype) {
        in.copyTo(out);
        return;
      }
      FloatWriter writer = new FloatWriter(name, dtype, out);
      float[] chunk = new float[(int) Math.min(CHUNK, elements())];
      for (long left = elements(); left > 0; left -= chunk.length) {
        int count = (int) Math.min(chunk.length, left);
        in.read(chunk, count);
        writer.write(chunk, count);
      }
    }
  }

  private void writeMerged(OutputStream out, AdapterValues values) throws IOException {
    Tensor first = adapter.get(Kind.A);
    int rank = first.rows();
    int columns = first.columns();
    float[] a = copy(values, first); // [rank, in]
    float[] b = copy(values, adapter.get(Kind.B)); // [out, rank]
    Tensor magnitudes = adapter.get(Kind.MAGNITUDE);
    float[] magnitude = magnitudes == null ? null : copy(values, magnitudes); // [out]
    float[] row = new float[columns];
    float[] update = new float[columns];
    FloatWriter writer = new FloatWriter(name, dtype, out);
    try (WeightStream in = new WeightStream(base)) {
      for (int i = 0; i < shape.get(0); i++) {
        in.read(row, columns);
        product(b, i * rank, rank, a, update);
        add(row, (float) scaling, update);
        if (magnitude != null) {
          scale(row, magnitude[i] / norm(row));
        }
        writer.write(row, columns);
      }
    }
  }

  private static float[] copy(AdapterValues values, Tensor tensor) {
    float[] copy = new float[tensor.size()];
    values.copy(tensor.offset(), copy, copy.length);
    return copy;
  }

  /** A row of B times A. */
  private static void product(float[] b, int from, int rank, float[] a, float[] update) {
    Arrays.fill(update, 0);
    for (int k = 0; k < rank; k++) {
      float factor = b[from + k];
      int at = k * update.length;
      for (int j = 0; j < update.length; j++) {
        update[j] += factor * a[at + j];
      }
    }
  }

  private static void add(float[] row, float scaling, float[] update) {
    for (int j = 0; j < row.length; j++) {
      row[j] += scaling * update[j];
    }
  }

  private static float norm(float[] row) {
    double sum = 0;
    for (float value : row) {
      sum += (double) value * value;
    }
    return (float) Math.sqrt(sum);
  }

  private static void scale(float[] row, float factor) {
    for (int j = 0; j < row.length; j++) {
      row[j] *= factor;
    }
  }
}
