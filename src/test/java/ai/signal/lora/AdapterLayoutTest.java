package ai.signal.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.model.ModelConfig;
import ai.signal.model.RopeScaling;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdapterLayoutTest {
  @Test
  void canonicalOrderWithoutGaps() {
    AdapterLayout layout = AdapterLayout.of(model(false, 20), lora(2, "all-linear"));

    assertThat(layout.blocks().subList(0, 8))
        .containsExactly(
            new AdapterLayout.Block("model.layers.0.self_attn.q_proj", 8, 24, 2, 0, 16),
            new AdapterLayout.Block("model.layers.0.self_attn.k_proj", 8, 6, 2, 64, 80),
            new AdapterLayout.Block("model.layers.0.self_attn.v_proj", 8, 6, 2, 92, 108),
            new AdapterLayout.Block("model.layers.0.self_attn.o_proj", 24, 8, 2, 120, 168),
            new AdapterLayout.Block("model.layers.0.mlp.gate_proj", 8, 12, 2, 184, 200),
            new AdapterLayout.Block("model.layers.0.mlp.up_proj", 8, 12, 2, 224, 240),
            new AdapterLayout.Block("model.layers.0.mlp.down_proj", 12, 8, 2, 264, 288),
            new AdapterLayout.Block("model.layers.1.self_attn.q_proj", 8, 24, 2, 304, 320));
    assertThat(layout.blocks()).hasSize(14);
    assertThat(layout.size()).isEqualTo(608);
  }

  @Test
  void headIsLast() {
    AdapterLayout layout = AdapterLayout.of(model(false, 20), lora(3, "lm_head", "down_proj"));

    assertThat(layout.blocks())
        .containsExactly(
            new AdapterLayout.Block("model.layers.0.mlp.down_proj", 12, 8, 3, 0, 36),
            new AdapterLayout.Block("model.layers.1.mlp.down_proj", 12, 8, 3, 60, 96),
            new AdapterLayout.Block("lm_head", 8, 20, 3, 120, 144));
    assertThat(layout.size()).isEqualTo(204);
  }

  @Test
  void tiedHeadIsRefused() {
    assertThatThrownBy(() -> AdapterLayout.of(model(true, 20), lora(2, "lm_head")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "lora.targets names 'lm_head', but the model's output head is its embedding");
  }

  @Test
  void sizeThatNativeBuffersHold() {
    int vocabulary = (1 << 21) - 8; // 2^8 * (8 + vocabulary) = 2^29

    assertThat(AdapterLayout.of(model(false, vocabulary), lora(256, "lm_head")).size())
        .isEqualTo(1 << 29);
    assertThatThrownBy(() -> AdapterLayout.of(model(false, vocabulary + 1), lora(256, "lm_head")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The adapter would have more than 536870912 parameters; lower lora.rank, 256, or name fewer lora.targets");
    assertThatThrownBy(
            () -> AdapterLayout.of(model(false, 20), lora(Integer.MAX_VALUE, "all-linear")))
        .hasMessageContaining("more than 536870912 parameters");
  }

  private static LoraConfig lora(int rank, String... targets) {
    return new LoraConfig(rank, 16, 0, List.of(targets));
  }

  /** Four query heads of 6 on one key head: a query width other than the hidden size. */
  private static ModelConfig model(boolean tied, int vocabulary) {
    return new ModelConfig(
        8,
        12,
        2,
        4,
        1,
        6,
        vocabulary,
        64,
        1e-6,
        10000,
        new RopeScaling.None(),
        tied,
        false,
        false,
        List.of());
  }
}
