package ai.signal.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoraConfigTest {
  @Test
  void allLinearIsEveryLayerButTheHead() {
    assertThat(new LoraConfig(8, 16, 0, List.of("all-linear")).targets())
        .containsExactly(
            "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");
  }

  @Test
  void targetsAreKeptInOrder() {
    assertThat(new LoraConfig(8, 16, 0, List.of("lm_head", "v_proj", "q_proj")).targets())
        .containsExactly("q_proj", "v_proj", "lm_head");
  }

  @Test
  void scaling() {
    assertThat(new LoraConfig(8, 4, 0.5, List.of("q_proj")).scaling()).isEqualTo(0.5);
    assertThat(new LoraConfig(16, 4, 0.5, List.of("q_proj")).withRslora(true).scaling())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "norm | lora.modules_to_save names 'norm'; allowed are embed_tokens, lm_head, score",
        "score,score | lora.modules_to_save names a module twice",
        "lm_head | lora.modules_to_save and lora.targets both name 'lm_head'",
      })
  void refusedModules(String modules, String expected) {
    LoraConfig lora = new LoraConfig(8, 16, 0, List.of("lm_head"));
    assertThatThrownBy(() -> lora.withModulesToSave(modules.split(",", -1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 16 | 0 | q_proj | lora.rank is 0; it must be at least 1",
        "8 | 0 | 0 | q_proj | lora.alpha is 0.0",
        "8 | NaN | 0 | q_proj | lora.alpha is NaN",
        "8 | Infinity | 0 | q_proj | lora.alpha is Infinity",
        "8 | 16 | 1 | q_proj | lora.dropout is 1.0",
        "8 | 16 | -0.1 | q_proj | lora.dropout is -0.1",
        "8 | 16 | NaN | q_proj | lora.dropout is NaN",
        "8 | 16 | 0 | '' | lora.targets is empty",
        "8 | 16 | 0 | query | lora.targets names 'query'; allowed are q_proj, k_proj",
        "8 | 16 | 0 | all-linear,lm_head | lora.targets names 'all-linear'",
        "8 | 16 | 0 | q_proj,q_proj | lora.targets names a layer twice",
      })
  void refusals(int rank, double alpha, double dropout, String targets, String expected) {
    List<String> names = targets.isEmpty() ? List.of() : List.of(targets.split(",", -1));

    assertThatThrownBy(() -> new LoraConfig(rank, alpha, dropout, names))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(expected);
  }
}
