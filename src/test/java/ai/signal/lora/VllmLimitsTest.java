package ai.signal.lora;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.model.LlamaFiles;
import ai.signal.model.ModelConfig;
import ai.signal.model.Safetensors;
import ai.signal.storage.Content;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What vLLM's LoRA loader does, in our words, with what we write of each kind of adapter. */
class VllmLimitsTest {
  private static final ModelConfig MODEL = LlamaFiles.CONFIG;

  /**
   * {@code LoRAModelManager.supported_lora_modules} of LlamaForCausalLM with the packed modules
   * apart: its linear layers, and the keys of {@code embedding_modules}
   * (vllm/model_executor/models/llama.py, 0.11.0).
   */
  private static final Set<String> EXPECTED_MODULES =
      Set.of(
          "q_proj",
          "k_proj",
          "v_proj",
          "o_proj",
          "gate_proj",
          "up_proj",
          "down_proj",
          "embed_tokens",
          "lm_head");

  @TempDir Path directory;

  private static LoraConfig lora(String kind) {
    LoraConfig plain = new LoraConfig(5, 7.5, 0.1, List.of("all-linear"));
    return switch (kind) {
      case "all-linear" -> plain;
      case "attention" -> new LoraConfig(8, 16, 0, List.of("q_proj", "v_proj"));
      case "every layer" -> new LoraConfig(3, 6, 0, LoraConfig.TARGETS);
      case "rslora" -> plain.withRslora(true);
      case "rank 512" -> new LoraConfig(512, 512, 0, List.of("q_proj"));
      case "rank 513" -> new LoraConfig(513, 512, 0, List.of("q_proj"));
      case "dora" -> plain.withDora(true);
      case "head" -> plain.withModulesToSave("lm_head");
      case "embedding" -> plain.withModulesToSave("embed_tokens");
      case "score" -> plain.withModulesToSave("score");
      default -> throw new IllegalArgumentException(kind);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "all-linear, 8",
    "attention, 8",
    "every layer, 8",
    "rslora, 8",
    "rank 512, 512",
    "rank 513, 0",
    "dora, 0",
    "head, 0",
    "embedding, 0",
    "score, 0"
  })
  void itLoadsWhatTheCardSaysItDoes(String kind, int maxRank) throws IOException {
    LoraConfig lora = lora(kind);
    float[] values = AdapterInit.of(AdapterLayout.of(MODEL, lora), 3);
    PeftAdapter adapter = PeftAdapter.of(MODEL, lora, values);
    for (Map.Entry<String, Content> file : adapter.files("base", Map.of()).entrySet()) {
      try (OutputStream out = Files.newOutputStream(directory.resolve(file.getKey()))) {
        file.getValue().writeTo(out);
      }
    }
    if (maxRank > 0) {
      assertThat(VllmLimits.refusals(lora, MODEL.vocabSize())).isEmpty();
      assertThat(VllmLimits.maxRank(lora)).hasValue(maxRank);
      assertThat(load(maxRank)).isEmpty();
      if (maxRank > 8) {
        assertThat(load(maxRank / 2)).isNotEmpty();
      }
      assertThat(scaling()).isEqualTo(lora.scaling());
    } else {
      assertThat(VllmLimits.refusals(lora, MODEL.vocabSize())).isNotEmpty();
      assertThat(load(512)).isNotEmpty();
    }
  }

  @Test
  void aHeadOfAVeryLargeVocabularyIsRefused() {
    assertThat(VllmLimits.refusals(lora("every layer"), 257_024)).isEmpty();
    assertThat(VllmLimits.refusals(lora("every layer"), 257_025)).hasSize(1);
    assertThat(VllmLimits.refusals(lora("all-linear"), 257_025)).isEmpty();
  }

  /** {@code WorkerLoRAManager._load_adapter}: what it would object to. */
  private List<String> load(int maxLoraRank) throws IOException {
    List<String> objections = new ArrayList<>();
    JsonNode config = config();
    for (String required : List.of("r", "lora_alpha", "target_modules")) {
      if (!config.has(required)) {
        objections.add("Missing required configuration fields: " + required);
      }
    }
    if (!config.path("modules_to_save").isNull() && !config.path("modules_to_save").isEmpty()) {
      objections.add("vLLM only supports modules_to_save being None.");
    }
    if (config.path("use_dora").asBoolean()) {
      objections.add("vLLM does not yet support DoRA.");
    }
    if (config.path("r").intValue() > maxLoraRank) {
      objections.add("LoRA rank is greater than max_lora_rank");
    }
    if (!config.path("bias").asText().equals("none")) {
      objections.add("Adapter bias cannot be used without bias_enabled.");
    }
    try (Stream<Path> files = Files.list(directory)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("new_embeddings") || name.endsWith(".bin"))
          .forEach(objections::add);
    }
    tensors(config.path("r").longValue(), objections);
    return objections;
  }

  /**
   * {@code LoRAModel.from_local_checkpoint} and the buffers that its tensors are copied into: A is
   * [r, in], B is [out, r], and a module has both.
   */
  private void tensors(long rank, List<String> objections) {
    Safetensors weights = Safetensors.open(directory.resolve("adapter_model.safetensors"));
    Map<String, List<List<Long>>> modules = new HashMap<>();
    for (String name : weights.names()) {
      String[] parts = name.split("\\.", -1);
      boolean a = name.endsWith(".lora_A.weight");
      if (!name.startsWith("base_model.model.") || !(a || name.endsWith(".lora_B.weight"))) {
        objections.add(name + " is unsupported LoRA weight");
        continue;
      }
      String module = String.join(".", Arrays.copyOfRange(parts, 2, parts.length - 2));
      if (!EXPECTED_MODULES.contains(parts[parts.length - 3])) {
        objections.add("unexpected module " + module);
      }
      modules.computeIfAbsent(module, key -> new ArrayList<>(Arrays.asList(null, null)));
      modules.get(module).set(a ? 0 : 1, weights.tensor(name).shape());
    }
    Map<String, LinearLayer> layers = new HashMap<>();
    LinearLayer.all(MODEL).forEach(layer -> layers.put(layer.module(), layer));
    modules.forEach(
        (module, shapes) -> {
          LinearLayer layer = layers.get(module);
          if (layer == null
              || !List.of(rank, (long) layer.in()).equals(shapes.get(0))
              || !List.of((long) layer.out(), rank).equals(shapes.get(1))) {
            objections.add(module + " has shapes " + shapes);
          }
        });
  }

  /** {@code PEFTHelper.__post_init__}. */
  private double scaling() throws IOException {
    double alpha = config().path("lora_alpha").doubleValue();
    int rank = config().path("r").intValue();
    return config().path("use_rslora").asBoolean() ? alpha / Math.sqrt(rank) : alpha / rank;
  }

  private JsonNode config() throws IOException {
    return new ObjectMapper().readTree(directory.resolve("adapter_config.json").toFile());
  }
}
