package ai.signal.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Random models with builtin:tiny's tokenizer, so that jobs can train them. */
public final class RandomWeights {
  private static final String LLAMA_30M =
      """
      {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "hidden_size": 384,
       "intermediate_size": 1024, "num_hidden_layers": 12, "num_attention_heads": 6, "num_key_value_heads": 2,
       "head_dim": 64, "vocab_size": 16384, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
       "tie_word_embeddings": true, "max_position_embeddings": 2048, "eos_token_id": 1}
      """;

  private RandomWeights() {}

  /**
   * Writes a model directory, if it is not there.
   *
   * @param name 30M or 135M
   */
  public static void write(Path directory, String name) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    RandomModel.write(directory, name.equals("30M") ? LLAMA_30M : RandomModel.LLAMA_135M);
    Path tiny = ModelSource.resolve("builtin:tiny");
    for (String file : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
      Files.copy(tiny.resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
