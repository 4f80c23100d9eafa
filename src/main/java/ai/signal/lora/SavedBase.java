package ai.signal.lora;

import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelFormatException;
import ai.signal.model.Safetensors;
import ai.signal.model.TensorRef;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * Copies of the base model's embedding and output head in an adapter's file. PEFT saves them with
 * an adapter whose base may have another vocabulary ({@code save_embedding_layers}), and loads them
 * over the base's weights. Copies that are equal change nothing; others are refused.
 */
final class SavedBase {
  private static final int CHUNK = 1 << 16;

  private static final String EMBEDDING = "model.embed_tokens.weight";

  /** The base's weight of each name in the adapter's file. */
  private static final Map<String, String> WEIGHTS =
      Map.of(
          "base_model.model.model.embed_tokens.weight",
          EMBEDDING,
          "base_model.model.lm_head.weight",
          LoraConfig.HEAD + ".weight");

  private SavedBase() {}

  /**
   * Removes the copies from the names of tensors that no target explains.
   *
   * @throws ModelFormatException when a copy is not what the base model has
   */
  static void remove(Set<String> others, Safetensors adapter, ModelDirectory base) {
    for (Map.Entry<String, String> weight : WEIGHTS.entrySet()) {
      if (others.remove(weight.getKey())) {
        boolean tied = base.config().tieWordEmbeddings();
        TensorRef own = base.tensor(tied ? EMBEDDING : weight.getValue());
        requireEqual(adapter.tensor(weight.getKey()), own);
      }
    }
  }

  private static void requireEqual(TensorRef copy, TensorRef own) {
    if (!copy.shape().equals(own.shape())) {
      throw refusal(
          copy, "has shape %s, in the base model %s".formatted(copy.shape(), own.shape()));
    }
    float[] left = new float[CHUNK];
    float[] right = new float[CHUNK];
    try (WeightStream one = new WeightStream(copy);
        WeightStream other = new WeightStream(own)) {
      for (long done = 0; done < own.elements(); done += CHUNK) {
        int count = (int) Math.min(CHUNK, own.elements() - done);
        one.read(left, count);
        other.read(right, count);
        if (!Arrays.equals(left, 0, count, right, 0, count)) {
          throw refusal(
              copy,
              "has other values than the base model's; merge the adapter in PEFT and use the result as model.base");
        }
      }
    } catch (IOException e) {
      throw new ModelFormatException(
          PeftAdapter.WHAT, "the file cannot be read: " + e, copy.file(), e);
    }
  }

  private static ModelFormatException refusal(TensorRef copy, String problem) {
    return new ModelFormatException(
        PeftAdapter.WHAT, "tensor '%s' ".formatted(copy.name()) + problem, copy.file());
  }
}
