package ai.signal.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.model.LlamaFiles;
import ai.signal.model.ModelConfig;
import ai.signal.model.ModelFormatException;
import ai.signal.storage.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * src/test/resources/peft holds directories that PEFT itself wrote, by
 * src/goldens/peft_adapters.py.
 */
class PeftAdapterTest {
  private static final Path PEFT = Path.of("src/test/resources/peft");
  private static final ModelConfig MODEL = LlamaFiles.CONFIG;
  private static final String BASE = "models/tiny-\u0442";

  @TempDir Path directory;
  private Path config;
  private Path weights;

  @BeforeEach
  void copyOfAnAdapter() throws IOException {
    config = directory.resolve("adapter_config.json");
    weights = directory.resolve("adapter_model.safetensors");
    Files.copy(PEFT.resolve("attention-f32/adapter_config.json"), config);
    Files.copy(PEFT.resolve("attention-f32/adapter_model.safetensors"), weights);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attention-f32 | q_proj,k_proj,v_proj",
        "all-linear-bf16 | q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj",
        "head-f16 | gate_proj,lm_head",
        "rslora-f32 | q_proj",
        "dora-f32 | q_proj,v_proj",
        "modules-f32 | q_proj",
        "score-f32 | q_proj"
      })
  void readsWhatPeftWrote(String name, String targets) {
    PeftAdapter adapter = PeftAdapter.read(PEFT.resolve(name), MODEL);

    LoraConfig expected =
        new LoraConfig(3, 6, 0.1, List.of(targets.split(",", -1)))
            .withRslora(name.startsWith("rslora"))
            .withDora(name.startsWith("dora"))
            .withModulesToSave(
                switch (name) {
                  case "modules-f32" -> new String[] {"embed_tokens", "lm_head"};
                  case "score-f32" -> new String[] {"score"};
                  default -> new String[0];
                });
    assertThat(adapter.config()).isEqualTo(expected);
    assertThat(adapter.layout().tensors()).isEqualTo(AdapterLayout.of(MODEL, expected).tensors());
    assertThat(adapter.values()).isEqualTo(expectedValues(adapter.layout()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"attention-f32", "rslora-f32", "dora-f32", "modules-f32", "score-f32"})
  void writesTheBytesThatPeftWrites(String name) throws IOException {
    Path folder = PEFT.resolve(name);
    Map<String, byte[]> files = write(PeftAdapter.read(folder, MODEL));

    assertThat(files.keySet()).containsExactly("adapter_model.safetensors", "adapter_config.json");
    assertThat(files.get("adapter_model.safetensors"))
        .isEqualTo(Files.readAllBytes(folder.resolve("adapter_model.safetensors")));
    assertThat(new String(files.get("adapter_config.json"), StandardCharsets.UTF_8))
        .isEqualTo(Files.readString(folder.resolve("adapter_config.json")));
  }

  @Test
  void comesBackAsWritten() throws IOException {
    LoraConfig lora = new LoraConfig(700, 0.30000000000000004, 0, LoraConfig.TARGETS);
    float[] values = AdapterInit.of(AdapterLayout.of(MODEL, lora), 3);
    values[5] = Float.MIN_VALUE;
    values[values.length - 1] = -0f;
    for (Map.Entry<String, byte[]> file : write(PeftAdapter.of(MODEL, lora, values)).entrySet()) {
      Files.write(directory.resolve(file.getKey()), file.getValue());
    }

    PeftAdapter read = PeftAdapter.read(directory, MODEL);

    assertThat(read.config()).isEqualTo(lora);
    assertThat(read.values()).isEqualTo(values);
  }

  @Test
  void moreThanOneChunk() throws IOException {
    ModelConfig wide =
        new ModelConfig(
            40_000,
            12,
            1,
            2,
            1,
            4,
            20,
            64,
            1e-6,
            10000,
            MODEL.ropeScaling(),
            false,
            false,
            false,
            List.of());
    LoraConfig lora = new LoraConfig(1, 1, 0, List.of("q_proj"));
    float[] values = AdapterInit.of(AdapterLayout.of(wide, lora), 3);
    for (Map.Entry<String, byte[]> file : write(PeftAdapter.of(wide, lora, values)).entrySet()) {
      Files.write(directory.resolve(file.getKey()), file.getValue());
    }

    assertThat(PeftAdapter.read(directory, wide).values()).isEqualTo(values);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"fan_in_fan_out\": true",
        "\"lora_bias\": true",
        "\"use_qalora\": true",
        "\"trainable_token_indices\": [1]",
        "\"target_parameters\": [\"x\"]",
        "\"layer_replication\": [[0, 1]]",
        "\"loftq_config\": {\"bits\": 4}",
        "\"of_the_future\": 1"
      })
  void optionsThatAreNotSupported(String option) throws IOException {
    String key = option.substring(1, option.indexOf('"', 1));
    String others =
        Files.readString(config)
            .replaceAll("  \"" + key + "\": [^\n]*\n", "")
            .replace(",\n}", "\n}");
    Files.writeString(config, others.replaceFirst("\\{", "{" + option + ","));

    assertThatThrownBy(() -> PeftAdapter.read(directory, MODEL))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("Cannot load adapter: adapter_config.json sets '" + key + "' to ")
        .hasMessageEndingWith("which is not supported (" + directory + ")");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"LORA\" | \"IA3\" | has peft_type 'IA3'; only LORA is supported",
        "\"CAUSAL_LM\" | \"TOKEN_CLS\" | has task_type 'TOKEN_CLS'; only CAUSAL_LM, SEQ_CLS is supported",
        "\"CAUSAL_LM\" | \"SEQ_CLS\" | has task_type SEQ_CLS and modules_to_save []; a score head is one of SEQ_CLS",
        "\"modules_to_save\": null | \"modules_to_save\": [\"score\"] | has task_type CAUSAL_LM and modules_to_save [score]",
        "\"modules_to_save\": null | \"modules_to_save\": [\"norm\"] | lora.modules_to_save names 'norm'; allowed are embed_tokens, lm_head, score",
        "\"modules_to_save\": null | \"modules_to_save\": \"lm_head\" | has 'modules_to_save' = '\"lm_head\"'; it must be a list",
        "\"none\" | \"lora_only\" | has bias 'lora_only'; only none is supported",
        "\"init_lora_weights\": true | \"init_lora_weights\": \"pissa\" | has 'init_lora_weights' = '\"pissa\"'",
        "\"r\": 3 | \"r\": 0 | lora.rank is 0",
        "\"r\": 3 | \"r\": 2000000000 | more than 536870912 parameters",
        "\"r\": 3 | \"peft_version\": 3 | has no 'r'",
        "\"lora_alpha\": 6 | \"lora_alpha\": \"6\" | has 'lora_alpha' = '\"6\"'; it must be a number",
        "\"v_proj\" | \"embed_tokens\" | has 'embed_tokens' in 'target_modules', which is no linear layer of the base model",
        "\"v_proj\" | \"v_pro\" | has 'v_pro' in 'target_modules'",
        "\"target_modules\": [ | \"peft_version\": [ | has no 'target_modules'",
      })
  void configsThatDoNotFit(String from, String to, String expected) throws IOException {
    Files.writeString(config, Files.readString(config).replace(from, to));

    assertThatThrownBy(() -> PeftAdapter.read(directory, MODEL))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("Cannot load adapter: adapter_config.json ")
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"target_modules\": \"q_proj\" | adapts no linear layer of the base model",
        "\"target_modules\": \".*(q_proj\" | has '.*(q_proj' in 'target_modules', which is no regular expression: Unclosed group",
        "\"target_modules\": \"(.+)+\\\\1!\" | in 'target_modules', which takes too long to match",
        "\"target_modules\": 5 | a list of module names, a regular expression or \"all-linear\"",
        "\"target_modules\": \".*q_proj\", \"layers_to_transform\": [0] | 'layers_to_transform' or 'layers_pattern', which need a list in 'target_modules'",
        "\"target_modules\": [\"q_proj\"], \"layers_pattern\": [\"layers\"] | sets 'layers_pattern', which needs 'layers_to_transform'",
        "\"target_modules\": [\"q_proj\"], \"layers_to_transform\": [7] | adapts no linear layer of the base model",
        "\"target_modules\": [\"q_proj\"], \"layers_to_transform\": \"all\" | a layer's number or a list of them",
        "\"target_modules\": [\"q_proj\"], \"exclude_modules\": [\"self_attn.q_proj\"] | adapts no linear layer of the base model",
        "\"target_modules\": [\"q_proj\"], \"rank_pattern\": {\"q_proj\": 0} | a positive integer for each module",
        "\"target_modules\": [\"q_proj\", \"k_proj\", \"v_proj\"], \"rank_pattern\": {\"q_proj\": 4} | has shape [3, 8], but adapter_config.json and the base model make it [4, 8]",
        "\"target_modules\": [\"q_proj\"], \"alpha_pattern\": {\"q_proj\": -1} | a positive number for each module",
        "\"target_modules\": [\"q_proj\", \"k_proj\", \"model.layers.1.self_attn.v_proj\"] | layers.0.self_attn.v_proj.lora_A.weight' belongs to no target",
      })
  void modulesThatDoNotFit(String keys, String expected) throws IOException {
    Files.writeString(
        config, "{\"peft_type\": \"LORA\", \"r\": 3, \"lora_alpha\": 6, " + keys + "}");

    assertThatThrownBy(() -> PeftAdapter.read(directory, MODEL))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("Cannot load adapter: ")
        .hasMessageContaining(expected);
  }

  @Test
  void allLinearByItsName() throws IOException {
    Files.copy(
        PEFT.resolve("all-linear-bf16/adapter_model.safetensors"),
        weights,
        StandardCopyOption.REPLACE_EXISTING);
    String names =
        Files.readString(config)
            .replaceAll("(?s)\"target_modules\": \\[.*?]", "\"target_modules\": \"all-linear\"");
    Files.writeString(config, names);

    assertThat(PeftAdapter.read(directory, MODEL).config().targets())
        .isEqualTo(LoraConfig.TARGETS.subList(0, 7));
  }

  @Test
  void configOfAnotherModel() throws IOException {
    Files.copy(
        PEFT.resolve("head-f16/adapter_config.json"), config, StandardCopyOption.REPLACE_EXISTING);

    assertThatThrownBy(() -> PeftAdapter.read(directory, MODEL))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(
            "tensor 'base_model.model.model.layers.0.self_attn.k_proj.lora_A.weight' belongs to no target");
  }

  @Test
  void weightsOfAnotherModel() {
    ModelConfig wider =
        new ModelConfig(
            16,
            12,
            2,
            2,
            1,
            4,
            20,
            64,
            1e-6,
            10000,
            MODEL.ropeScaling(),
            false,
            false,
            false,
            List.of());

    assertThatThrownBy(() -> PeftAdapter.read(directory, wider))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(
            "Cannot load adapter: tensor 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight' has shape [3, 8],"
                + " but adapter_config.json and the base model make it [3, 16] ("
                + weights
                + ")");
  }

  @Test
  void rankOfAnotherAdapter() throws IOException {
    Files.writeString(config, Files.readString(config).replace("\"r\": 3", "\"r\": 4000000"));

    assertThatThrownBy(() -> PeftAdapter.read(directory, MODEL))
        .isInstanceOf(ModelFormatException.class) // and not an OutOfMemoryError
        .hasMessageContaining(
            "has shape [3, 8], but adapter_config.json and the base model make it [4000000, 8]");
  }

  @Test
  void missingTensor() throws IOException {
    Files.writeString(
        config, Files.readString(config).replace("\"v_proj\"", "\"v_proj\", \"o_proj\""));

    assertThatThrownBy(() -> PeftAdapter.read(directory, MODEL))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(
            "there is no tensor 'base_model.model.model.layers.0.self_attn.o_proj.lora_A.weight'")
        .hasMessageContaining(weights.toString());
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void valuesThatAreNotFinite(float value) throws IOException {
    byte[] bytes = Files.readAllBytes(weights);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putFloat(bytes.length - Float.BYTES, value);
    Files.write(weights, bytes);

    assertThatThrownBy(() -> PeftAdapter.read(directory, MODEL))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(
            "Cannot load adapter: tensor 'base_model.model.model.layers.1.self_attn.v_proj.lora_B.weight' holds the value "
                + value
                + " ("
                + weights
                + ")");
  }

  @Test
  void pickleIsNeverRead() throws IOException {
    Files.move(weights, directory.resolve("adapter_model.bin"));

    assertThatThrownBy(() -> PeftAdapter.read(directory, MODEL))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("adapter_model.bin, a pickle");
  }

  @Test
  void nothingThere() throws IOException {
    assertThatThrownBy(() -> PeftAdapter.read(directory.resolve("none"), MODEL))
        .hasMessage(
            "Cannot load adapter: there is no such directory (" + directory.resolve("none") + ")");
    Files.delete(config);
    assertThatThrownBy(() -> PeftAdapter.read(directory, MODEL))
        .hasMessage("Cannot load adapter: there is no adapter_config.json (" + directory + ")");
  }

  @Test
  void valuesThatDoNotFitTheLayout() {
    assertThatThrownBy(
            () -> PeftAdapter.of(MODEL, new LoraConfig(3, 6, 0, List.of("q_proj")), new float[5]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The adapter has 5 values, its layout 96");
  }

  private static Map<String, byte[]> write(PeftAdapter adapter) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (Map.Entry<String, Content> file : adapter.files(BASE, Map.of()).entrySet()) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      file.getValue().writeTo(out);
      files.put(file.getKey(), out.toByteArray());
    }
    return files;
  }

  /** What peft_adapters.py put into each tensor. */
  private static float[] expectedValues(AdapterLayout layout) {
    float[] values = new float[layout.size()];
    for (AdapterLayout.Tensor tensor : layout.tensors()) {
      int length = ("base_model.model." + tensor.name()).length();
      for (int i = 0; i < tensor.size(); i++) {
        values[tensor.offset() + i] = ((7 * i + length) % 101 - 50) / 64f;
      }
    }
    return values;
  }
}
