package ai.signal.client;

import ai.signal.model.JsonFile;
import ai.signal.model.ModelConfig;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelSource;

/**
 * A base model.
 *
 * @param base what {@link ai.signal.train.RunConfig#of} takes
 * @param architecture its {@code model_type}, such as llama
 * @param parameters its weights; a tied output head counts once
 * @param layers of the decoder
 * @param hiddenSize width of the residual stream
 * @param context tokens that it can see
 * @param vocabulary rows of its embedding
 */
public record ModelInfo(
    String base,
    String architecture,
    long parameters,
    int layers,
    int hiddenSize,
    int context,
    int vocabulary) {

  /**
   * Reads its files, not its weights.
   *
   * @throws ai.signal.model.ModelFormatException when it cannot be used
   */
  static ModelInfo of(String base) {
    ModelDirectory model = ModelDirectory.open(ModelSource.resolve(base));
    JsonFile file = JsonFile.readSettings("model", model.path().resolve("config.json"));
    ModelConfig config = model.config();
    return new ModelInfo(
        base,
        file.text("model_type").orElseThrow(() -> file.missing("model_type")),
        config.parameters(),
        config.layers(),
        config.hiddenSize(),
        config.maxPositions(),
        config.vocabSize());
  }
}
