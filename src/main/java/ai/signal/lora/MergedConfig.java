package ai.signal.lora;

import ai.signal.model.DType;
import ai.signal.model.JsonFile;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;

/** config.json of a merged model: the base's, but for what merging changes. */
final class MergedConfig {
  static final String FILE = "config.json";

  private MergedConfig() {}

  /**
   * The text of the file.
   *
   * @param dtype of all weights; empty: as the base has it
   * @param untied whether embedding and head are written apart
   * @param scored whether a score head stands in the output head's place
   */
  static String of(Path base, Optional<DType> dtype, boolean untied, boolean scored) {
    ObjectNode config = JsonFile.readSettings("model", base).copy();
    dtype.ifPresent(type -> put(config, type.specName()));
    if (untied && config.path("tie_word_embeddings").asBoolean()) {
      config.put("tie_word_embeddings", false);
    }
    if (scored) {
      score(config);
    } else if (config.path("architectures").path(0).asText().equals("LlamaModel")) {
      config.putArray("architectures").add("LlamaForCausalLM"); // its weights are named as that's
    }
    return config.toPrettyString() + "\n";
  }

  /** Transformers 4.56 writes {@code dtype}, older releases {@code torch_dtype}; it reads both. */
  private static void put(ObjectNode config, String dtype) {
    boolean anew = config.has("dtype");
    if (anew) {
      config.put("dtype", dtype);
    }
    if (!anew || config.has("torch_dtype")) {
      config.put("torch_dtype", dtype);
    }
  }

  /** One number, called as {@code from_pretrained(num_labels=1)} calls it. */
  private static void score(ObjectNode config) {
    ArrayNode architectures = config.putArray("architectures");
    architectures.add("LlamaForSequenceClassification");
    config.putObject("id2label").put("0", "LABEL_0");
    config.putObject("label2id").put("LABEL_0", 0);
  }
}
