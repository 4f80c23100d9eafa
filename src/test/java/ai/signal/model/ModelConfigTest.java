package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {
  private static final String REQUIRED =
      """
      "model_type": "llama", "hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 3,
      "num_attention_heads": 6, "vocab_size": 100""";

  @TempDir Path directory;

  @Test
  void defaultsOfLlamaConfig() {
    assertThat(read(""))
        .isEqualTo(
            new ModelConfig(
                48,
                96,
                3,
                6,
                6,
                8,
                100,
                2048,
                1e-6,
                10000,
                new RopeScaling.None(),
                false,
                false,
                false,
                List.of(2)));
  }

  @Test
  void nullMeansAbsent() {
    String nulls =
        """
        , "num_key_value_heads": null, "head_dim": null, "rope_scaling": null, "rms_norm_eps": null, "architectures": null,
        "max_position_embeddings": null, "tie_word_embeddings": null, "attention_bias": null, "mlp_bias": null""";

    assertThat(read(nulls)).isEqualTo(read(""));
  }

  @Test
  void everyKey() {
    String all =
        """
        , "architectures": ["LlamaForCausalLM"], "num_key_value_heads": 2, "head_dim": 10, "max_position_embeddings": 512,
        "rms_norm_eps": 1e-05, "rope_theta": 500000.0, "tie_word_embeddings": true, "attention_bias": true,
        "mlp_bias": true, "eos_token_id": [7, 9], "hidden_act": "silu", "torch_dtype": "bfloat16",
        "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                         "original_max_position_embeddings": 128}""";

    assertThat(read(all))
        .isEqualTo(
            new ModelConfig(
                48,
                96,
                3,
                6,
                2,
                10,
                100,
                512,
                1e-5,
                500000,
                new RopeScaling.Llama3(8, 1, 4, 128),
                true,
                true,
                true,
                List.of(7, 9)));
  }

  @Test
  void eosToken() {
    assertThat(read(", \"eos_token_id\": 5").eosTokenIds()).containsExactly(5);
    assertThat(read(", \"eos_token_id\": null").eosTokenIds()).isEmpty();
  }

  @Test
  void ropeScalingInItsThreeSpellings() {
    RopeScaling linear = new RopeScaling.Linear(4);

    assertThat(read(", \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}").ropeScaling())
        .isEqualTo(linear);
    assertThat(
            read(", \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 4.0}").ropeScaling())
        .isEqualTo(linear);
    ModelConfig newer =
        read(
            ", \"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 4.0, \"rope_theta\": 777.0}");
    assertThat(newer.ropeScaling()).isEqualTo(linear);
    assertThat(newer.ropeTheta()).isEqualTo(777);
    assertThat(read(", \"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 5.0}"))
        .returns(5.0, ModelConfig::ropeTheta)
        .returns(new RopeScaling.None(), ModelConfig::ropeScaling);
  }

  @Test
  void ropeWithoutATypeIsTheDefault() {
    for (String key : List.of("rope_parameters", "rope_scaling")) {
      assertThat(read(", \"%s\": {\"rope_theta\": 777.0}".formatted(key)))
          .returns(777.0, ModelConfig::ropeTheta)
          .returns(new RopeScaling.None(), ModelConfig::ropeScaling);
      assertThat(read(", \"%s\": {\"rope_type\": null}".formatted(key))).isEqualTo(read(""));
      assertThat(read(", \"%s\": {}".formatted(key))).isEqualTo(read(""));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"hidden_act\": \"gelu\" | has hidden_act 'gelu'; only 'silu' is supported",
        "\"architectures\": [\"MistralForCausalLM\"] | [\"MistralForCausalLM\"]",
        "\"quantization_config\": {\"bits\": 4} | quantized weights are not supported",
        "\"partial_rotary_factor\": 0.5 | partial_rotary_factor 0.5",
        "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 2.0} | has rope type 'yarn'; supported are",
        "\"rope_scaling\": {\"factor\": 2.0} | has no 'rope_scaling.rope_type'",
        "\"rope_parameters\": {\"full_attention\": {}} | has no 'rope_parameters.rope_type'",
        "\"rope_parameters\": {\"rope_type\": \"dynamic\"} | has rope type 'dynamic'; supported are",
        "\"rope_scaling\": {\"rope_type\": \"linear\"} | has no 'rope_scaling.factor'",
        "\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 0.5} | factor is 0.5",
        "\"rope_scaling\": \"linear\" | 'rope_scaling' = '\"linear\"'; it must be an object",
        "\"rope_theta\": 5.0, \"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 6.0} | two values of 'rope_theta'",
        "\"rope_scaling\": {\"type\": \"default\"}, \"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 2} | they differ",
        "\"num_key_value_heads\": 4 | num_attention_heads is 6, which num_key_value_heads, 4, does not divide",
        "\"num_key_value_heads\": 0 | num_key_value_heads is 0",
        "\"head_dim\": 5 | head_dim is 5; rotary embeddings need an even one",
        "\"head_dim\": 4000000 | their product must be at most",
        "\"max_position_embeddings\": -1 | max_position_embeddings is -1",
        "\"rms_norm_eps\": 0 | rms_norm_eps is 0.0",
        "\"rms_norm_eps\": \"1e-5\" | it must be a number",
        "\"rope_theta\": 1e999 | rope_theta is Infinity",
        "\"head_dim\": 8.0 | 'head_dim' = '8.0'; it must be an integer",
        "\"head_dim\": 99999999999 | it must be an integer",
        "\"tie_word_embeddings\": 1 | it must be true or false",
        "\"eos_token_id\": \"</s>\" | it must be a token id or a list of them",
        "\"eos_token_id\": [-1] | it must be a token id or a list of them",
        "\"hidden_size\": 48 | not valid JSON: Duplicate field 'hidden_size'",
      })
  void refusals(String addition, String expected) {
    assertThatThrownBy(() -> read(", " + addition))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("Cannot load model: config.json ")
        .hasMessageContaining(expected)
        .hasMessageContaining(directory.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "vocab_size",
    "model_type"
  })
  void sizesHaveNoDefaults(String key) {
    Path file =
        LlamaFiles.text(
            directory.resolve("config.json"), "{" + REQUIRED.replace(key, "other") + "}");

    assertThatThrownBy(() -> ModelConfig.read(file))
        .hasMessage("Cannot load model: config.json has no '" + key + "' (" + directory + ")");
  }

  @Test
  void absurdSizes() {
    Path file =
        LlamaFiles.text(
            directory.resolve("config.json"),
            "{"
                + REQUIRED.replace("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 2000000000")
                + "}");

    assertThatThrownBy(() -> ModelConfig.read(file))
        .hasMessageContaining("num_hidden_layers is 2000000000");
  }

  @Test
  void otherArchitecture() {
    Path file = LlamaFiles.text(directory.resolve("config.json"), "{\"model_type\": \"qwen2\"}");

    assertThatThrownBy(() -> ModelConfig.read(file))
        .hasMessage(
            "Cannot load model: config.json has model_type 'qwen2'; only 'llama' is supported ("
                + directory
                + ")");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | is not a JSON object",
        "{} {} | is not valid JSON",
        "{ | is not valid JSON",
        "'' | is not a JSON object"
      })
  void notAnObject(String content, String expected) {
    Path file = LlamaFiles.text(directory.resolve("config.json"), content);

    assertThatThrownBy(() -> ModelConfig.read(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void missingFile() {
    assertThatThrownBy(() -> ModelConfig.read(directory.resolve("config.json")))
        .hasMessage("Cannot load model: there is no config.json (" + directory + ")");
  }

  @Test
  void parametersOfTinyLlama() {
    ModelConfig tinyLlama =
        new ModelConfig(
            2048,
            5632,
            22,
            32,
            4,
            64,
            32000,
            2048,
            1e-5,
            10000,
            new RopeScaling.None(),
            false,
            false,
            false,
            List.of(2));

    assertThat(tinyLlama.parameters()).isEqualTo(1_100_048_384L); // as its model card says
  }

  @Test
  void weightsWithBiasesAndTiedHead() {
    ModelConfig config =
        new ModelConfig(
            8,
            12,
            1,
            2,
            1,
            6,
            20,
            64,
            1e-6,
            10000,
            new RopeScaling.None(),
            true,
            true,
            true,
            List.of());

    assertThat(config.weights())
        .containsEntry("model.layers.0.self_attn.q_proj.weight", List.of(12L, 8L))
        .containsEntry("model.layers.0.self_attn.k_proj.bias", List.of(6L))
        .containsEntry("model.layers.0.self_attn.o_proj.weight", List.of(8L, 12L))
        .containsEntry("model.layers.0.self_attn.o_proj.bias", List.of(8L))
        .containsEntry("model.layers.0.mlp.down_proj.weight", List.of(8L, 12L))
        .containsEntry("model.layers.0.mlp.up_proj.bias", List.of(12L))
        .doesNotContainKey("lm_head.weight")
        .hasSize(2 + 2 + 14);
  }

  private ModelConfig read(String addition) {
    return ModelConfig.read(
        LlamaFiles.text(directory.resolve("config.json"), "{" + REQUIRED + addition + "}"));
  }
}
