package ai.signal.lora;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.model.ModelConfig;
import ai.signal.model.RopeScaling;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdapterInitTest {
  private static final ModelConfig MODEL =
      new ModelConfig(
          400,
          900,
          2,
          4,
          2,
          100,
          50,
          64,
          1e-6,
          10000,
          new RopeScaling.None(),
          false,
          false,
          false,
          List.of());
  private static final AdapterLayout LAYOUT =
      AdapterLayout.of(MODEL, new LoraConfig(64, 16, 0, List.of("q_proj", "down_proj")));

  @Test
  void matrixAIsUniformWithinOneOverTheRootOfItsWidth() {
    float[] values = AdapterInit.of(LAYOUT, 1);

    for (AdapterLayout.Tensor tensor : LAYOUT.tensors()) {
      if (tensor.kind() != AdapterLayout.Kind.A) {
        continue;
      }
      double bound = 1 / Math.sqrt(tensor.columns());
      double mean = 0;
      double square = 0;
      double highest = 0;
      for (float value : piece(values, tensor)) {
        mean += value / tensor.size();
        square += (double) value * value / tensor.size();
        highest = Math.max(highest, Math.abs(value));
      }
      // five standard deviations of a mean, in units of the value's own
      double spread = 5 / Math.sqrt(tensor.size());
      assertThat(highest).isBetween(0.999 * bound, bound * (1 + 1e-7));
      assertThat(Math.abs(mean)).isLessThan(spread * bound / Math.sqrt(3));
      assertThat(Math.abs(square / (bound * bound / 3) - 1)).isLessThan(spread);
    }
  }

  @Test
  void matrixBIsZero() {
    float[] values = AdapterInit.of(LAYOUT, 1);

    for (AdapterLayout.Tensor tensor : LAYOUT.tensors()) {
      if (tensor.kind() == AdapterLayout.Kind.B) {
        assertThat(piece(values, tensor)).containsOnly(0f);
      }
    }
  }

  @Test
  void blocksDependOnSeedAndNameOnly() {
    AdapterLayout other =
        AdapterLayout.of(
            MODEL, new LoraConfig(64, 1, 0.5, List.of("k_proj", "down_proj", "lm_head")));
    String module = "model.layers.1.mlp.down_proj";

    assertThat(matrixA(LAYOUT, module, 7)).isEqualTo(matrixA(other, module, 7));
    assertThat(matrixA(LAYOUT, module, 7)).isNotEqualTo(matrixA(LAYOUT, module, 8));
    assertThat(matrixA(LAYOUT, module, 7))
        .isNotEqualTo(matrixA(LAYOUT, "model.layers.0.mlp.down_proj", 7));
  }

  @Test
  void neverChanges() {
    assertThat(Arrays.copyOf(AdapterInit.of(LAYOUT, 42), 3))
        .containsExactly(-0.049303904f, 0.014927782f, -0.03809745f);
  }

  private static float[] matrixA(AdapterLayout layout, String module, long seed) {
    float[] values = AdapterInit.of(layout, seed);
    return piece(
        values,
        layout.tensors().stream()
            .filter(tensor -> tensor.module().equals(module))
            .findFirst()
            .orElseThrow());
  }

  private static float[] piece(float[] values, AdapterLayout.Tensor tensor) {
    return Arrays.copyOfRange(values, tensor.offset(), tensor.offset() + tensor.size());
  }
}
