package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.lora.LoraConfig;
import ai.signal.lora.ModuleRank;
import ai.signal.spec.SpecTree;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoraSettingsTest {
  private static final LoraConfig LORA = new LoraConfig(4, 8, 0.5, List.of("q_proj", "v_proj"));

  @Test
  void theKeysOfASpec() {
    assertThat(LoraSettings.write(LORA).fieldNames())
        .toIterable()
        .containsExactly(
            "rank", "alpha", "dropout", "targets", "rslora", "dora", "modules_to_save");
    assertThat(LoraSettings.read(LoraSettings.write(LORA))).isEqualTo(LORA);
  }

  @Test
  void exceptionsComeBack() {
    LoraConfig lora =
        LORA.withExceptions(
            Map.of(
                "model.layers.0.self_attn.q_proj", new ModuleRank(0, 8),
                "model.layers.1.self_attn.v_proj", new ModuleRank(2, 1.5)));

    assertThat(LoraSettings.read(LoraSettings.write(lora))).isEqualTo(lora);
    assertThat(LoraSettings.write(lora)).isEqualTo(SpecTree.of(lora));
  }
}
