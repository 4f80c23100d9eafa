package ai.signal.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.lora.AdapterLayout.Kind;
import ai.signal.lora.AdapterLayout.Tensor;
import ai.signal.model.ModelConfig;
import ai.signal.model.RopeScaling;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdapterLayoutTest {
  @Test
  void canonicalOrderWithoutGaps() {
    AdapterLayout layout = AdapterLayout.of(model(false, 20), lora(2, "all-linear"));

    assertThat(layout.tensors().subList(0, 15))
        .containsExactly(
            new Tensor("model.layers.0.self_attn.q_proj", Kind.A, 2, 8, 0),
            new Tensor("model.layers.0.self_attn.q_proj", Kind.B, 24, 2, 16),
            new Tensor("model.layers.0.self_attn.k_proj", Kind.A, 2, 8, 64),
            new Tensor("model.layers.0.self_attn.k_proj", Kind.B, 6, 2, 80),
            new Tensor("model.layers.0.self_attn.v_proj", Kind.A, 2, 8, 92),
            new Tensor("model.layers.0.self_attn.v_proj", Kind.B, 6, 2, 108),
            new Tensor("model.layers.0.self_attn.o_proj", Kind.A, 2, 24, 120),
            new Tensor("model.layers.0.self_attn.o_proj", Kind.B, 8, 2, 168),
            new Tensor("model.layers.0.mlp.gate_proj", Kind.A, 2, 8, 184),
            new Tensor("model.layers.0.mlp.gate_proj", Kind.B, 12, 2, 200),
            new Tensor("model.layers.0.mlp.up_proj", Kind.A, 2, 8, 224),
            new Tensor("model.layers.0.mlp.up_proj", Kind.B, 12, 2, 240),
            new Tensor("model.layers.0.mlp.down_proj", Kind.A, 2, 12, 264),
            new Tensor("model.layers.0.mlp.down_proj", Kind.B, 8, 2, 288),
            new Tensor("model.layers.1.self_attn.q_proj", Kind.A, 2, 8, 304));
    assertThat(layout.tensors()).hasSize(28);
    assertThat(layout.size()).isEqualTo(608);
  }

  @Test
  void headIsLast() {
    AdapterLayout layout = AdapterLayout.of(model(false, 20), lora(3, "lm_head", "down_proj"));

    assertThat(layout.tensors())
        .containsExactly(
            new Tensor("model.layers.0.mlp.down_proj", Kind.A, 3, 12, 0),
            new Tensor("model.layers.0.mlp.down_proj", Kind.B, 8, 3, 36),
            new Tensor("model.layers.1.mlp.down_proj", Kind.A, 3, 12, 60),
            new Tensor("model.layers.1.mlp.down_proj", Kind.B, 8, 3, 96),
            new Tensor("lm_head", Kind.A, 3, 8, 120),
            new Tensor("lm_head", Kind.B, 20, 3, 144));
    assertThat(layout.size()).isEqualTo(204);
  }

  @Test
  void magnitudesStandBehindTheirFactors() {
    AdapterLayout layout =
        AdapterLayout.of(model(false, 20), lora(3, "k_proj", "lm_head").withDora(true));

    assertThat(layout.tensors())
        .containsExactly(
            new Tensor("model.layers.0.self_attn.k_proj", Kind.A, 3, 8, 0),
            new Tensor("model.layers.0.self_attn.k_proj", Kind.B, 6, 3, 24),
            new Tensor("model.layers.0.self_attn.k_proj", Kind.MAGNITUDE, 6, 1, 42),
            new Tensor("model.layers.1.self_attn.k_proj", Kind.A, 3, 8, 48),
            new Tensor("model.layers.1.self_attn.k_proj", Kind.B, 6, 3, 72),
            new Tensor("model.layers.1.self_attn.k_proj", Kind.MAGNITUDE, 6, 1, 90),
            new Tensor("lm_head", Kind.A, 3, 8, 96),
            new Tensor("lm_head", Kind.B, 20, 3, 120),
            new Tensor("lm_head", Kind.MAGNITUDE, 20, 1, 180));
    assertThat(layout.size()).isEqualTo(200);
  }

  @Test
  void modulesThatAreTrainedWholeStandAtBothEnds() {
    AdapterLayout layout =
        AdapterLayout.of(
            model(true, 20),
            lora(3, "k_proj").withModulesToSave("score", "lm_head", "embed_tokens"));

    assertThat(layout.tensors())
        .containsExactly(
            new Tensor("model.embed_tokens", Kind.WHOLE, 20, 8, 0),
            new Tensor("model.layers.0.self_attn.k_proj", Kind.A, 3, 8, 160),
            new Tensor("model.layers.0.self_attn.k_proj", Kind.B, 6, 3, 184),
            new Tensor("model.layers.1.self_attn.k_proj", Kind.A, 3, 8, 202),
            new Tensor("model.layers.1.self_attn.k_proj", Kind.B, 6, 3, 226),
            new Tensor("lm_head", Kind.WHOLE, 20, 8, 244),
            new Tensor("score", Kind.WHOLE, 1, 8, 404));
    assertThat(layout.size()).isEqualTo(412);
    assertThat(layout.shape().size(model(true, 20))).isEqualTo(412);
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
