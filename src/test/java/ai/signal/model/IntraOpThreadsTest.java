package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import ai.signal.lora.AdapterInit;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.LoraConfig;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A product's bits depend on the number of intra-op threads, so every call sets its own. */
class IntraOpThreadsTest {
  private static Decoder decoder;
  private static AdapterLayout layout;
  private static float[] values;

  @BeforeAll
  static void load() {
    ModelDirectory model = ModelDirectory.open(ModelSource.resolve("builtin:tiny"));
    decoder = Decoder.load(model, DType.FLOAT32, Device.cpu());
    layout = AdapterLayout.of(decoder.config(), new LoraConfig(8, 16, 0, List.of("all-linear")));
    values = AdapterInit.of(layout, model, 3);
    Arrays.fill(values, layout.tensors().get(1).offset(), values.length, 0.01f);
  }

  @AfterAll
  static void close() {
    decoder.close();
  }

  /** A shape whose sums split differently over two threads. */
  private static float[] gradient(int threads) {
    int[] sequence = new int[7];
    for (int i = 0; i < sequence.length; i++) {
      sequence[i] = 10 + i * 7;
    }
    long[] rows = new long[sequence.length];
    Arrays.setAll(rows, i -> i);
    long[] targets = rows.clone();
    float[] coefficients = new float[rows.length];
    Arrays.fill(coefficients, -1);
    try (NativeAdapter adapter = decoder.adapter(values, layout.shape());
        Scope scope = decoder.scope(threads)) {
      NativeGradient sum = decoder.gradient(scope, layout.size());
      Trunk trunk =
          decoder.trunk(scope, adapter, Packing.of(List.of(sequence)), Dropout.NONE, false);
      Head head = decoder.head(scope, trunk, rows, targets, true);
      decoder.backward(scope, trunk, head, coefficients, sum);
      return sum.toArray();
    }
  }

  @Test
  void twoThreadsGiveOtherBitsThanOne() {
    // Otherwise the tests of equal bits could not see a lane that computes with the wrong number.
    assertThat(gradient(2)).isNotEqualTo(gradient(1));
  }

  @Test
  void aCallHasItsOwnNumberWhateverTheThreadHadBefore() {
    float[] one = gradient(1);
    JniUtils.setNumThreads(2);
    assertThat(gradient(1)).isEqualTo(one);
  }
}
