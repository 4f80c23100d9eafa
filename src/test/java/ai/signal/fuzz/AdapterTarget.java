package ai.signal.fuzz;

import ai.signal.lora.PeftAdapter;
import ai.signal.model.ModelConfig;
import ai.signal.storage.Content;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** An adapter's directory, for the golden whose name a file of it says. */
record AdapterTarget() implements Target {
  private static final String BASE = "base.txt";
  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";

  private static final List<String> GOLDENS =
      List.of("gqa", "dora", "rslora", "trained_embedding_tied", "lm_head", "bfloat16");

  private static final List<String> VALUES =
      List.of(
          "\"all-linear\"",
          "[\"q_proj\"]",
          "[\"q_proj\",\"q_proj\"]",
          "[\"lm_head\"]",
          "[\"embed_tokens\"]",
          "[\"score\"]",
          "[\"lm_head\",\"embed_tokens\"]",
          "[\"model.layers.0.self_attn.q_proj\"]",
          "[\"model.layers.0.self_attn.q_proj\",\"model.layers.1.self_attn.q_proj\"]",
          "[\"\"]",
          "[\".\"]",
          "[1]",
          "[null]",
          "[[\"q_proj\"]]",
          "\"SEQ_CLS\"",
          "\"LORA\"",
          "\"gaussian\"",
          "1e308",
          "536870912",
          "65536");

  @Override
  public String name() {
    return "adapter";
  }

  @Override
  public int count() {
    return 2000;
  }

  @Override
  public int smallCount() {
    return 60;
  }

  @Override
  public Map<String, byte[]> mutant(SplittableRandom random) throws IOException {
    String golden = Mutations.pick(random, GOLDENS);
    Path adapter = Seeds.GOLDENS.resolve(golden).resolve("adapter");
    Map<String, byte[]> files = Seeds.files(adapter);
    if (random.nextInt(3) > 0) {
      files.put(CONFIG, JsonMutator.bytes(Seeds.json(adapter.resolve(CONFIG)), VALUES, random));
    } else {
      files.computeIfPresent(WEIGHTS, (name, content) -> Header.mutate(content, random));
    }
    files.put(BASE, golden.getBytes(StandardCharsets.UTF_8));
    return files;
  }

  @Override
  public void use(Path directory) throws IOException {
    String golden = java.nio.file.Files.readString(directory.resolve(BASE));
    ModelConfig model =
        ModelConfig.read(Seeds.GOLDENS.resolve(golden).resolve("model").resolve("config.json"));
    PeftAdapter adapter = PeftAdapter.read(directory, model);
    for (Content content : adapter.files(golden, new HashMap<>()).values()) {
      content.writeTo(OutputStream.nullOutputStream());
    }
  }
}
