package ai.signal.fuzz;

import ai.signal.data.DataUse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The small JSON files of a model: its config, how it generates, its special tokens. */
record ConfigTarget() implements Target {
  private static final List<String> FILES =
      List.of(
          "config.json",
          "config.json",
          "config.json",
          "generation_config.json",
          "tokenizer_config.json",
          "special_tokens_map.json");

  private static final List<String> VALUES =
      List.of(
          "{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":1,\"high_freq_factor\":4,\"original_max_position_embeddings\":16}",
          "{\"rope_type\":\"linear\",\"factor\":1e308}",
          "{\"type\":\"dynamic\",\"factor\":2}",
          "{\"rope_theta\":5,\"rope_type\":\"default\"}",
          "[\"LlamaForCausalLM\"]",
          "[1,2,3]",
          "{\"content\":\"<3>\"}",
          "{\"content\":\"\\ud800\"}",
          "{\"content\":null}",
          "[{\"name\":\"default\",\"template\":\"{{ messages }}\"}]",
          "\"{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}\"",
          "\"<3>\"",
          "\"<3> <4>\"",
          "4194304",
          "4194305",
          "4096");

  @Override
  public String name() {
    return "config";
  }

  @Override
  public int count() {
    return 4000;
  }

  @Override
  public int smallCount() {
    return 120;
  }

  @Override
  public Map<String, byte[]> mutant(SplittableRandom random) throws IOException {
    String golden = Mutations.pick(random, Seeds.MODELS);
    Map<String, byte[]> files = Seeds.model(golden);
    String file = Mutations.pick(random, FILES);
    JsonNode seed = Seeds.json(Seeds.GOLDENS.resolve(golden).resolve("model").resolve(file));
    if (file.equals("tokenizer_config.json") && random.nextBoolean()) {
      seed =
          ((ObjectNode) seed.deepCopy())
              .put("chat_template", "{{ bos_token }}{{ messages[0].content }}");
    }
    files.put(file, JsonMutator.bytes(seed, VALUES, random));
    return files;
  }

  @Override
  public void use(Path directory) throws Exception {
    ModelUse.weights(directory);
    ModelUse.tokenizer(directory);
    ModelUse.template(directory);
    DataUse.example(directory);
  }
}
